import { integer } from '@kodama/shared/config';
import { z } from 'zod';
import { defineHandler, type Handler, type HandlerCall } from '../handler/handler.ts';
import { CallRecording } from './call-recording.ts';
import { systemDisk } from './recording-disk.ts';

const recordingSettings = {
  RECORDINGS_DIR: z
    .string()
    .default('recordings')
    .describe('directory that recordings go into, made where it is missing, e.g. /var/lib/kodama/recordings'),
  RECORDING_MAX_MINUTES: integer({ min: 1, max: 720 })
    .default(120)
    .describe('minutes after which a recording ends, while its call goes on, e.g. 120'),
  RECORDINGS_MIN_FREE_MB: integer({ min: 0, max: 100_000_000 })
    .default(1024)
    .describe('megabytes that recordings leave free on their disk: with less, none goes on, e.g. 1024'),
};

type RecordingSettings = z.output<z.ZodObject<typeof recordingSettings>>;

type InnerCall = Parameters<NonNullable<Handler['onStart']>>[0];

/** What `recorded` keeps for a call: its recording, and the call as the handler inside sees it. */
interface RecordedCall {
  readonly recording: CallRecording;
  readonly inner: InnerCall & { state: unknown };
}

/**
 * The same handler, with its calls recorded: a stereo WAV file for each, the caller on the left and what he heard on the
 * right. The handler itself notices nothing of it. A recording that cannot be made is logged, and its call goes on.
 *
 * @param name of the recorded handler; the handler's own unless given
 */
export function recorded(handler: Handler, name: string = handler.name): Handler {
  const { state, onStart, onAudio, onDtmf, onText, onSent, onCleared, onEnd } = handler;
  return defineHandler<RecordedCall, z.ZodRawShape>({
    name,
    settings: { ...handler.settings, ...recordingSettings },
    state: (call) => ({
      recording: new CallRecording(call, limitsOf(call.settings as RecordingSettings), systemDisk),
      // Everything of the call's own, but the state: that is the handler's.
      inner: Object.create(call, { state: { value: undefined, writable: true } }),
    }),
    onStart({ state: { inner } }) {
      // Only here, as what it throws must not leave the call without the recording's own state.
      if (state) inner.state = state(inner as HandlerCall<undefined, InnerCall['settings']>);
      return onStart?.(inner);
    },
    onAudio({ state: { recording, inner } }, frame) {
      recording.caller(frame);
      return onAudio?.(inner, frame);
    },
    ...(onDtmf && { onDtmf: ({ state: { inner } }, key) => onDtmf(inner, key) }),
    ...(onText && { onText: ({ state: { inner } }, text) => onText(inner, text) }),
    onSent({ state: { recording, inner } }, frame, heardAtMs) {
      recording.ours(frame, heardAtMs);
      onSent?.(inner, frame, heardAtMs);
    },
    onCleared({ state: { recording, inner } }) {
      recording.cleared();
      return onCleared?.(inner);
    },
    async onEnd({ state: { recording, inner } }, end) {
      const finished = recording.end();
      try {
        await onEnd?.(inner, end);
      } finally {
        await finished;
      }
    },
  });
}

const limitsOf = (settings: RecordingSettings) => ({
  directory: settings.RECORDINGS_DIR,
  longestMs: settings.RECORDING_MAX_MINUTES * 60_000,
  minFreeBytes: settings.RECORDINGS_MIN_FREE_MB * 1_000_000,
});
