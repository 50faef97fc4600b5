import { type Handler, isHandler } from '@kodama/handler-kit';
import { DEFAULT_LIMITS, type OutgoingLimits } from '@kodama/handler-kit/run';
import type { Environment } from '@kodama/shared/config';
import {
  audioFormat,
  DEFAULT_SAMPLE_RATE_HZ,
  fromSocketHeaders,
  parseConversationUuid,
  parseLegUuid,
  type SampleRateHz,
  toSocketHeaders,
} from '@kodama/shared/voice';
import type { CallTime } from './call-time.ts';
import type { HandledCall } from './handled-call.ts';
import { checkLeftBehind } from './left-behind.ts';
import { OfflineCall } from './offline-call.ts';
import { RealTime } from './real-time.ts';
import { type CallScript, readScript } from './script.ts';
import { readSettings } from './settings.ts';
import { takeStrayErrors } from './stray-errors.ts';
import { SystemWork } from './system-work.ts';
import { VirtualTime } from './virtual-time.ts';

export interface CallOptions extends CallScript {
  /** Default 16000. */
  readonly sampleRateHz?: SampleRateHz;
  /** What the NCCO's `headers` hold besides the ids and the handler's name; `uuid` and `conversation_uuid` replace those. */
  readonly headers?: Readonly<Record<string, unknown>>;
  /** The handler's environment variables, as texts. */
  readonly settings?: Environment;
  /** What bounds its outgoing stream, where it is not what the gateway has by default. */
  readonly limits?: Partial<OutgoingLimits>;
  /** How the call ends when its time is over: the caller hangs up (`peer`), unless it is the gateway that stops. */
  readonly endedBy?: 'peer' | 'gateway';
  /** For a handler that speaks to a server of its own: the call takes the time that it takes. */
  readonly realTime?: boolean;
}

/** Of every call unless its headers name others, so that two calls are the same. */
const IDS = {
  conversationUuid: parseConversationUuid('CON-00000000-0000-4000-8000-000000000001'),
  legUuid: parseLegUuid('00000000000040008000000000000002'),
};
const SOCKET_ID = '00000000-0000-4000-8000-000000000003';

/**
 * Has a handler handle a call, without a gateway, a network or a phone, and on a clock of the call's own: a minute of call
 * takes a moment, and the same call comes out the same every time. Files that the handler reads or writes are waited for;
 * with sockets and timers of the system's (`setTimeout`) there has to be `realTime`.
 *
 * What the handler throws is no error here: it ends the call, and stands in `end`.
 *
 * @throws TypeError for options that cannot be, AudioError for a file that cannot be read, ConfigError for bad settings
 * @throws WireFault where something was sent that Vonage does not take
 * @throws LeftBehind where the handler left timers behind
 */
export async function callHandler(handler: Handler, options: CallOptions): Promise<HandledCall> {
  if (!isHandler(handler)) throw new TypeError('callHandler: this is no handler; defineHandler makes one');
  if (typeof options !== 'object' || options === null) {
    throw new TypeError('callHandler: after the handler it takes options, of which `seconds` has to be there');
  }
  const format = audioFormat(options.sampleRateHz ?? DEFAULT_SAMPLE_RATE_HZ);
  if (format === undefined) {
    throw new TypeError(`sampleRateHz: is to be 8000, 16000 or 24000, not ${options.sampleRateHz}`);
  }
  const settings = readSettings(handler, options.settings ?? {});
  const script = await readScript(options, format);
  const headers = { ...toSocketHeaders(IDS, handler.name), ...options.headers };
  const releaseErrors = takeStrayErrors();
  try {
    const system = new SystemWork();
    return await system.watch(async () => {
      const time: CallTime = options.realTime ? new RealTime() : new VirtualTime(system);
      const call = await new OfflineCall({
        handler,
        settings,
        facts: { ...fromSocketHeaders(headers), socketId: SOCKET_ID, headers, format },
        script,
        limits: { ...DEFAULT_LIMITS, ...options.limits },
        time,
        endedBy: options.endedBy ?? 'peer',
      }).run();
      await checkLeftBehind(call.end, time, system, options.realTime ?? false);
      return call;
    });
  } finally {
    releaseErrors();
  }
}
