import { randomUUID } from 'node:crypto';
import { recorded, transcribed } from '../events/call-event.ts';
import type { RecordAction, Transcription } from '../ncco/actions.ts';
import { type LiveCall, pause } from './live-call.ts';

/** Bytes that a second of a recording takes, by its format; what a real one takes depends on what was said. */
const BYTES_A_SECOND = { mp3: 4000, wav: 32_000, ogg: 3000 } as const;
/** How often the caller's silence is looked at, ms. */
const SILENCE_STEP_MS = 100;

/**
 * Records the call. Where a key, a silence or a time is to end it, the next action waits for that; without any of these it
 * goes on beside the next actions until the call is over. Then the application is told where the recording is to be had.
 */
export async function record(action: RecordAction, call: LiveCall, replaced: AbortSignal): Promise<undefined> {
  call.log.add('action', `record: ${action.format}`);
  const endsItself = action.endOnKey !== undefined || action.endOnSilenceSeconds || action.timeOutSeconds;
  if (!endsItself && call.platform.rules.is('2.3.7', 'skipped')) return undefined;
  const startedAt = new Date();
  const stopped = new AbortController();
  const signal = AbortSignal.any([call.over, stopped.signal, ...(endsItself ? [replaced] : [])]);
  const recording = untilItEnds(action, call, signal, () => stopped.abort()).then(() =>
    tellOf(action, { startedAt, endedAt: new Date(), format: action.format }, call),
  );
  if (endsItself) await recording;
  else call.finish(recording);
  return undefined;
}

async function untilItEnds(
  { endOnKey, endOnSilenceSeconds, timeOutSeconds }: RecordAction,
  call: LiveCall,
  signal: AbortSignal,
  stop: () => void,
): Promise<void> {
  const unlisten = call.keys.listen((digit) => digit === endOnKey && stop());
  const silent = endOnSilenceSeconds === undefined ? undefined : untilSilent(endOnSilenceSeconds, call, signal, stop);
  await pause(timeOutSeconds === undefined ? Number.POSITIVE_INFINITY : timeOutSeconds * 1000, signal);
  stop();
  unlisten();
  await silent;
}

async function untilSilent(seconds: number, call: LiveCall, signal: AbortSignal, stop: () => void): Promise<void> {
  let silentMs = 0;
  while (silentMs < seconds * 1000) {
    if (!(await pause(SILENCE_STEP_MS, signal))) return;
    silentMs = call.caller.speech.isPlaying ? 0 : silentMs + SILENCE_STEP_MS;
  }
  stop();
}

/** A recording of a named conversation or of a call, when it is over. */
export function tellOf(
  { events, transcription }: Pick<RecordAction, 'events'> & { transcription: Transcription | undefined },
  { startedAt, endedAt, format }: { startedAt: Date; endedAt: Date; format: RecordAction['format'] },
  call: LiveCall,
): void {
  const uuid = randomUUID();
  const seconds = (endedAt.getTime() - startedAt.getTime()) / 1000;
  const recording = {
    uuid,
    url: `${call.platform.regionUrl}/v1/files/${uuid}`,
    startedAt,
    endedAt,
    bytes: Math.round(seconds * BYTES_A_SECOND[format]),
  };
  void call.sender.send(recorded(call.ids.conversationUuid, recording, endedAt), call.target(events));
  if (!transcription) return;
  const event = transcribed(call.ids.conversationUuid, recording, new Date());
  void call.sender.send(event, call.target(transcription.events));
}
