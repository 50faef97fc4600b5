import { writeFile } from 'node:fs/promises';
import { writeStereoWav } from '../heard/stereo-wav.ts';
import { FRAME_MS, FRAMES_PER_SECOND } from '../media/audio-format.ts';
import { loadAudio, type Recording } from '../media/recording.ts';
import { writeWav } from '../media/wav.ts';
import type { SimulatorOptions } from '../platform/options.ts';
import { Simulator } from '../simulator.ts';
import type { Call } from './call.ts';
import type { CallOptions } from './call-options.ts';
import type { CallReport } from './call-report.ts';

/** How long echoes are waited for after the last frame. */
const LAST_ECHO_LIMIT_MS = 3000;
const USUAL_CONNECT_LIMIT_MS = 60_000;
/** A call's longest time. */
const LONGEST_CONNECT_LIMIT_MS = 7_200_000;

/** A key that the caller presses. */
export interface DtmfPress {
  /** One of 0-9, * and #. */
  readonly digit: string;
  /** After the first frame, in milliseconds. */
  readonly atMs: number;
  /** 100 unless given. */
  readonly durationMs?: number;
}

/** Counters that calls add to while they run, any number of calls to one object: read them whenever you like. */
export class CallProgress {
  framesPlanned = 0;
  readonly #spoken: (() => number)[] = [];

  get framesSpoken(): number {
    return this.#spoken.reduce((sum, spoken) => sum + spoken(), 0);
  }

  add(planned: number, spoken: () => number): void {
    this.framesPlanned += planned;
    this.#spoken.push(spoken);
  }
}

/** What the caller does. */
export interface Performance {
  /** What he says; the shipped recording unless given. */
  readonly audio?: Recording;
  /** How long he talks, to the nearest 20 ms: the audio is repeated or cut. The whole audio once unless given. */
  readonly seconds?: number;
  /** From the call's beginning: he hangs up where no WebSocket is open by then. 60 000 unless given, at most 7 200 000. */
  readonly connectLimitMs?: number;
  /** Keys that he presses while talking. */
  readonly dtmf?: readonly DtmfPress[];
  /** Path of a stereo WAV file: the caller on the left, what he heard on the right. */
  readonly out?: string;
  /** Path of a mono WAV file: what the application sent, whenever it came. */
  readonly received?: string;
  readonly progress?: CallProgress;
  /** Told of the call when it is over, for a report on what was heard. */
  readonly onCall?: (call: Call) => void;
}

/** A call that says something, expects its echo, and hangs up: `expectsEcho: false` for an application that does not echo. */
export type PlaceCallOptions = SimulatorOptions & CallOptions & Performance;

/**
 * Places one call and reports on it when it is over, however it went.
 *
 * Nothing is thrown but what the caller of this function can mend: options that make no call, or audio that cannot be read.
 *
 * @throws {TypeError | RangeError | AudioError}
 */
export async function placeCall(options: PlaceCallOptions): Promise<CallReport> {
  await using simulator = await Simulator.start({ expectsEcho: true, ...options });
  return await performCall(simulator, options, options.audio ?? (await loadAudio()), ALONE);
}

/** How calls of a group begin to talk together, so that the set-up of one does not disturb the pace of another. */
export interface GroupStart {
  /** This call is set up, or has failed. May be called more than once. */
  ready(): void;
  /** Every call is ready, or was waited for long enough. */
  readonly everyoneReady: Promise<unknown>;
}

export const ALONE: GroupStart = { ready() {}, everyoneReady: Promise.resolve() };

/** @throws {RangeError} where the performance is none that can be had. */
export function checkPerformance({ seconds, connectLimitMs, dtmf = [] }: Performance): void {
  if (seconds !== undefined && !(seconds > 0)) throw new RangeError(`seconds: ${seconds} is not a positive number`);
  if (connectLimitMs !== undefined && !(connectLimitMs > 0 && connectLimitMs <= LONGEST_CONNECT_LIMIT_MS)) {
    throw new RangeError(`connectLimitMs: ${connectLimitMs} is not above 0 and up to ${LONGEST_CONNECT_LIMIT_MS}`);
  }
  for (const { digit, atMs } of dtmf) {
    if (!/^[0-9*#]$/.test(digit)) throw new RangeError(`dtmf: ${JSON.stringify(digit)} is not one of 0-9, * and #`);
    if (!(atMs >= 0)) throw new RangeError(`dtmf: ${atMs} is not a number of milliseconds from 0`);
  }
}

/** As {@link placeCall}, for one call of a group. */
export async function performCall(
  simulator: Simulator,
  options: CallOptions & Performance,
  audio: Recording,
  group: GroupStart,
): Promise<CallReport> {
  checkPerformance(options);
  // The signal ends the performance, which then waits for the last echoes: the call itself must not be cut short by it.
  const { signal, received, ...callOptions } = options;
  const frames: Buffer[] = [];
  const call = simulator.begin({
    ...callOptions,
    ...(received !== undefined && { onFrame: (frame: Buffer) => void frames.push(frame) }),
  });
  await perform(call, options, audio, group);
  const report = await call.hangUp();
  options.onCall?.(call);
  const problems = await writeFiles(call, options, frames, report);
  return {
    ...report,
    problems: [...report.problems, ...problems],
    verdict: problems.length === 0 ? report.verdict : 'failed',
    aborted: signal?.aborted ?? false,
  };
}

async function perform(
  call: Call,
  options: CallOptions & Performance,
  audio: Recording,
  group: GroupStart,
): Promise<void> {
  const { signal } = options;
  const stop = () => (call.isConnected ? call.stopSaying() : void call.hangUp());
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  try {
    const isConnected = await connectedWithin(options.connectLimitMs ?? USUAL_CONNECT_LIMIT_MS, call);
    void call.sender.drained().then(() => group.ready());
    if (!isConnected) {
      await call.ended;
      return;
    }
    await Promise.race([group.everyoneReady, call.ended]);
    // Setting up many calls at once keeps the process busy, and frames go out all the while: that is not what is measured.
    call.timeFromHere();
    if (!signal?.aborted) await talk(call, options, audio);
    await call.settle(LAST_ECHO_LIMIT_MS);
  } finally {
    group.ready();
    signal?.removeEventListener('abort', stop);
  }
}

/** Hangs up where no socket is open by then. */
async function connectedWithin(limitMs: number, call: Call): Promise<boolean> {
  const limit = setTimeout(() => {
    if (call.over.aborted) return;
    call.findings.problem(`no WebSocket was opened within ${limitMs / 1000} s`);
    void call.hangUp();
  }, limitMs);
  const isConnected = await call.connected();
  clearTimeout(limit);
  return isConnected;
}

async function talk(call: Call, { seconds, dtmf = [], progress }: Performance, audio: Recording): Promise<void> {
  const once = await audio.framesAt(call.conversation.sampleRateHz);
  const count = seconds === undefined ? once.length : Math.max(1, Math.round(seconds * FRAMES_PER_SECOND));
  const frames = Array.from({ length: count }, (_, index) => once[index % once.length] as Buffer);
  progress?.add(count, () => call.framesSpoken);
  const spoken = call.sayFrames(frames);
  const keys = pressKeys(call, dtmf, spoken);
  await spoken;
  const left = await keys;
  if (left > 0) call.findings.note(`DTMF keys that were due after the last frame were not pressed: ${left}`);
}

/** @returns how many were not pressed, as the caller was through before they were due. */
async function pressKeys(call: Call, dtmf: readonly DtmfPress[], spoken: Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  const framesBefore = call.framesSpoken;
  let isThrough = false;
  void spoken.then(() => {
    isThrough = true;
  });
  let pressed = 0;
  for (const { digit, atMs, durationMs } of dtmf.toSorted((a, b) => a.atMs - b.atMs)) {
    await Promise.race([call.wait(startMs + atMs - performance.now()), spoken]);
    // On a busy machine the last frames may all go out before this gets to run: what counts is what was due.
    const spokenMs = (call.framesSpoken - framesBefore) * FRAME_MS;
    if (call.over.aborted || (isThrough && atMs >= spokenMs)) break;
    call.pressAtOnce(digit, durationMs);
    pressed++;
  }
  return dtmf.length - pressed;
}

/** @returns what went wrong, a sentence each. */
async function writeFiles(
  call: Call,
  { out, received }: Performance,
  frames: readonly Buffer[],
  { sampleRateHz }: CallReport,
): Promise<string[]> {
  const files: [path: string, bytes: () => Uint8Array][] = [];
  if (out !== undefined) files.push([out, () => writeStereoWav(call.heard)]);
  if (received !== undefined && sampleRateHz)
    files.push([received, () => writeWav(Buffer.concat(frames), sampleRateHz)]);
  const problems: string[] = [];
  for (const [path, bytes] of files) {
    await writeFile(path, bytes()).catch((error: Error) => problems.push(`cannot write ${path}: ${error.message}`));
  }
  return problems;
}
