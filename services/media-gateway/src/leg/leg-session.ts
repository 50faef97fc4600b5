import { randomUUID } from 'node:crypto';
import type { CallEnd } from '@kodama/handler-kit';
import { HandlerRun, noHandlerFiguresYet, type Pacer, type Timers } from '@kodama/handler-kit/run';
import { callFields, callTraceIds, type Logger } from '@kodama/shared/telemetry';
import { type AudioFormat, type CallIdentity, formatOfFrameSize } from '@kodama/shared/voice';
import type { SpanContext } from '@opentelemetry/api';
import type { WebSocket } from 'ws';
import type { GatewayConfig } from '../config.ts';
import { FrameMeter } from '../media/frame-meter.ts';
import type { ClosedBy, LegRecord, LiveFigures } from '../metrics/leg-record.ts';
import { DEFAULT_HANDLER, type LegHandler, type LegHandlers } from './leg-handlers.ts';
import type { LegTracing } from './leg-tracing.ts';
import { type Connected, parseSocketMessage } from './socket-messages.ts';

/**
 * - `AWAITING_CONNECTED`: the socket is open, nothing that makes it a leg has come yet.
 * - `STREAMING`: the format is known, by the first text message or by the size of audio that came before it.
 * - `CLOSING`: this gateway has said goodbye and waits for the peer's answer; no audio is sent any more.
 * - `CLOSED`: the connection is gone; the last record has been handed over.
 */
export type LegState = 'AWAITING_CONNECTED' | 'STREAMING' | 'CLOSING' | 'CLOSED';

/** What a session needs and shares with all others of its gateway. */
export interface LegSessionParts {
  readonly config: Pick<
    GatewayConfig,
    | 'FIRST_MESSAGE_TIMEOUT_MS'
    | 'SILENCE_TIMEOUT_MS'
    | 'MAX_BUFFERED_BYTES'
    | 'GAP_THRESHOLD_MS'
    | 'AUDIO_LEAD_MS'
    | 'MAX_QUEUED_AUDIO_MS'
    | 'HANDLER_SLOW_MS'
  >;
  readonly handlers: LegHandlers;
  readonly gatewayId: string;
  readonly timers: Timers;
  readonly pacer: Pacer;
  readonly logger: Logger;
  readonly tracing: LegTracing;
  /** Takes a leg's first and last record; resolves when it has tried to write it. */
  readonly record: (record: LegRecord) => Promise<void>;
}

/** What is known of a socket from its upgrade. */
export interface SocketUpgrade {
  /** The proxy's id of the request, for the log. */
  readonly requestId?: string | undefined;
  /** The call that its token is for: its first message has to be of no other. `undefined`: no token says. */
  readonly call?: CallIdentity | undefined;
}

/** RFC 6455, 7.4.1. */
const CLOSE = {
  NORMAL: 1000,
  GOING_AWAY: 1001,
  PROTOCOL_ERROR: 1002,
  UNSUPPORTED_DATA: 1003,
  ABNORMAL: 1006,
  INVALID_DATA: 1007,
  POLICY_VIOLATION: 1008,
  MESSAGE_TOO_BIG: 1009,
  INTERNAL_ERROR: 1011,
} as const;

const NO_IDENTITY: CallIdentity = { conversationUuid: undefined, legUuid: undefined };
const NO_SIZE = -1;
const OPEN = 1; // WebSocket.OPEN, as a constant that the hot path need not look up

/** One leg: its socket, from the upgrade to the close. Whatever the peer does ends this leg at most. */
export class LegSession {
  readonly socketId = randomUUID();
  /** Fulfilled once the connection is gone and the last record has been tried. */
  readonly closed: Promise<void>;

  readonly #socket: WebSocket;
  readonly #parts: LegSessionParts;
  readonly #upgrade: SocketUpgrade;
  readonly #openedAtMs: number;
  readonly #startedAtEpochMs: number;
  #state: LegState = 'AWAITING_CONNECTED';
  #identity: CallIdentity;
  #identified = false;
  #format: AudioFormat | undefined;
  /** Of the frames that come; before the first one no size at all, not even that of an empty message: it takes the long way. */
  #bytesPerFrame = NO_SIZE;
  /** Made with the first audio: an idle leg has no need of it. */
  #meter: FrameMeter | undefined;
  /** When the last message that was no frame came, ms; NaN before the first. */
  #lastOtherMs = Number.NaN;
  #texts = 0;
  #dtmfDigitCount = 0;
  #run: HandlerRun | undefined;
  /** Who has the call by the NCCO's word; audio that comes before it is echoed. */
  #handlerName: string | undefined;
  readonly #outgoing = noHandlerFiguresYet();
  /** Of `news`: messages that were there the last time. */
  #messagesSeen = 0;
  #openedSpan: SpanContext | undefined;
  #ended: { code: number; reason: string; by: ClosedBy } | undefined;

  constructor(socket: WebSocket, parts: LegSessionParts, upgrade: SocketUpgrade = {}) {
    this.#socket = socket;
    this.#parts = parts;
    this.#upgrade = upgrade;
    this.#identity = upgrade.call ?? NO_IDENTITY;
    this.#openedAtMs = parts.timers.monotonicMs();
    this.#startedAtEpochMs = parts.timers.epochMs();
    this.closed = new Promise((resolve) => {
      socket.on('message', (data: Buffer, isBinary: boolean) => {
        if (isBinary) this.#onAudio(data);
        else this.#onText(data);
      });
      socket.on('error', (error) => this.#onError(error));
      socket.on('close', (code) => resolve(this.#onClose(code)));
    });
  }

  get state(): LegState {
    return this.#state;
  }

  /** Ends a leg that has been silent too long, and a socket that has not become one in time; for about once a second. */
  endIfSilent(): void {
    if (this.#state === 'CLOSING' || this.#state === 'CLOSED') return;
    const { FIRST_MESSAGE_TIMEOUT_MS, SILENCE_TIMEOUT_MS } = this.#parts.config;
    const nowMs = this.#parts.timers.monotonicMs();
    if (this.#state === 'AWAITING_CONNECTED') {
      // Whatever it sends meanwhile: a socket that never becomes a leg must not keep a leg's place.
      if (nowMs - this.#openedAtMs > FIRST_MESSAGE_TIMEOUT_MS) {
        this.#end(CLOSE.POLICY_VIOLATION, `no leg within ${FIRST_MESSAGE_TIMEOUT_MS} ms`, 'gateway');
      }
      return;
    }
    const lastMs = Math.max(this.#lastOtherMs || 0, this.#meter?.lastArrivalMs || 0);
    if (nowMs - lastMs > SILENCE_TIMEOUT_MS) {
      this.#end(CLOSE.POLICY_VIOLATION, `no message for ${SILENCE_TIMEOUT_MS} ms`, 'gateway');
    }
  }

  /** Ends the leg since the gateway stops. */
  goAway(): void {
    this.#end(CLOSE.GOING_AWAY, 'the gateway is stopping', 'gateway');
  }

  /** Cuts the connection: for a peer that does not answer the goodbye. */
  terminate(): void {
    this.#socket.terminate();
  }

  /**
   * The figures as they are now, for the write of each second; `undefined` where there is nothing new since the last time,
   * or nothing to be shown yet.
   *
   * @param evenIfOld what was given the last time did not arrive
   */
  news(evenIfOld = false): LiveFigures | undefined {
    if (!this.#identified || this.#state === 'CLOSED') return undefined;
    const messages = (this.#meter?.messages ?? 0) + this.#texts + this.#outgoing.framesOut;
    if (messages === this.#messagesSeen && !evenIfOld) return undefined;
    this.#messagesSeen = messages;
    return this.#figures();
  }

  #figures(): LiveFigures {
    const meter = this.#meter;
    const out = this.#outgoing;
    return {
      socketId: this.socketId,
      durationMs: Math.round(this.#parts.timers.monotonicMs() - this.#openedAtMs),
      framesIn: meter?.framesIn ?? 0,
      framesOut: out.framesOut,
      bytesIn: meter?.bytesIn ?? 0,
      bytesOut: out.bytesOut,
      framesWrongSize: meter?.framesWrongSize ?? 0,
      framesDropped: out.framesDropped,
      framesShed: out.framesShed,
      framesLate: out.framesLate,
      gapCount: meter?.gapCount ?? 0,
      longestGapMs: round(meter?.longestGapMs),
      interarrivalJitterMs: round(meter?.interarrivalJitterMs),
      turnaroundP50Us: round(meter?.turnaround.percentileUs(0.5)),
      turnaroundP99Us: round(meter?.turnaround.percentileUs(0.99)),
      turnaroundMaxUs: round(meter?.turnaround.maxUs),
      framesUnhandled: out.framesUnhandled,
      handlerErrorCount: out.handlerErrorCount,
      handlerSlowCount: out.handlerSlowCount,
      handlerMaxMs: round(out.handlerMaxMs),
      dtmfDigitCount: this.#dtmfDigitCount,
    };
  }

  /** The whole record, as the leg begins and as it ends. */
  #record(): LegRecord {
    const { socketId, durationMs, ...figures } = this.#figures();
    const ended = this.#state === 'CLOSED' ? this.#ended : undefined;
    return {
      socketId,
      conversationUuid: this.#identity.conversationUuid ?? null,
      legUuid: this.#identity.legUuid ?? null,
      traceId: callTraceIds(this.#identity.conversationUuid)?.traceId ?? null,
      gatewayId: this.#parts.gatewayId,
      handler: this.#handlerName ?? null,
      state: ended ? 'ended' : 'live',
      sampleRateHz: this.#format?.sampleRateHz ?? null,
      startedAt: new Date(this.#startedAtEpochMs).toISOString(),
      endedAt: ended ? new Date(this.#startedAtEpochMs + durationMs).toISOString() : null,
      durationMs,
      ...figures,
      closeCode: ended?.code ?? null,
      closeReason: ended?.reason || null,
      closedBy: ended?.by ?? null,
    };
  }

  /** Hot: 50 times a second. No await, closure, JSON, log, span or Redis here. */
  #onAudio(frame: Buffer): void {
    // After our goodbye nothing is handed on, and so nothing counts.
    if (this.#socket.readyState !== OPEN) return;
    const arrivedMs = this.#parts.timers.monotonicMs();
    if (frame.length !== this.#bytesPerFrame && !this.#accept(frame)) return;
    const meter = this.#meter as FrameMeter;
    meter.arrived(frame.length, arrivedMs);
    meter.handled((this.#run as HandlerRun).audio(frame, arrivedMs));
  }

  /** What the hot path leaves: a leg's first frame, before or after the text that names its format, and wrong sizes. */
  #accept(frame: Buffer): boolean {
    this.#meter ??= new FrameMeter(this.#parts.config.GAP_THRESHOLD_MS);
    const format = this.#format ?? formatOfFrameSize(frame.length);
    if (format?.bytesPerFrame === frame.length) {
      this.#state = 'STREAMING';
      this.#format = format;
      this.#bytesPerFrame = format.bytesPerFrame;
      if (this.#run === undefined) this.#start(DEFAULT_HANDLER, format, {});
      return this.#run !== undefined;
    }
    // It is a message all the same: the peer is not silent.
    this.#lastOtherMs = this.#parts.timers.monotonicMs();
    this.#meter.framesWrongSize += 1;
    if (this.#meter.framesWrongSize === 1) {
      this.#parts.logger.warn(
        { ...this.#fields(), bytes: frame.length, bytesPerFrame: this.#format?.bytesPerFrame },
        'audio that is not one frame: dropped, as all of wrong size will be',
      );
    }
    return false;
  }

  #onText(data: Buffer): void {
    this.#lastOtherMs = this.#parts.timers.monotonicMs();
    this.#texts += 1;
    if (this.#state === 'CLOSING') return;
    const text = data.toString();
    const message = parseSocketMessage(text);
    switch (message.kind) {
      case 'connected':
        this.#onConnected(message);
        break;
      case 'unsupported-format':
        // Of a leg that has its format, this is one more text that means nothing here.
        if (this.#identified) break;
        if (this.#isOfThisCall(message.identity)) this.#identity = message.identity;
        this.#end(CLOSE.UNSUPPORTED_DATA, 'content-type is not audio/l16 at 8000, 16000 or 24000 Hz', 'gateway');
        break;
      case 'dtmf':
        this.#dtmfDigitCount += 1;
        this.#run?.dtmf(message.key);
        break;
      case 'cleared':
        // Whoever cleared went on when the command was sent.
        break;
      case 'notify':
        this.#run?.notified(message.payload);
        break;
      case 'other':
        this.#run?.text(text);
        break;
    }
  }

  #onConnected({ format, identity, handler = DEFAULT_HANDLER, headers }: Connected): void {
    if (this.#identified) return;
    if (!this.#isOfThisCall(identity)) {
      this.#end(CLOSE.POLICY_VIOLATION, 'the token is for another call', 'gateway');
      return;
    }
    this.#identified = true;
    // The first record carries what was there until now.
    this.#messagesSeen = this.#texts;
    this.#identity = identity;
    this.#state = 'STREAMING';
    this.#format = format;
    this.#bytesPerFrame = NO_SIZE;
    this.#handlerName = handler;
    const record = this.#record();
    this.#parts.logger.info({ ...this.#fields(), handler, sampleRateHz: format.sampleRateHz }, 'leg opened');
    this.#openedSpan = this.#parts.tracing.opened(record, () => this.#parts.record(record));
    this.#start(handler, format, headers);
  }

  #isOfThisCall({ conversationUuid, legUuid }: CallIdentity): boolean {
    const { call } = this.#upgrade;
    return call === undefined || (call.conversationUuid === conversationUuid && call.legUuid === legUuid);
  }

  /** Gives the call to a handler; what had it until now, for audio came before the first text, is over. */
  #start(name: string, format: AudioFormat, headers: Readonly<Record<string, unknown>>): void {
    void this.#run?.end('gateway');
    this.#run = undefined;
    const legHandler = this.#parts.handlers.get(name);
    if (legHandler === undefined) {
      this.#parts.logger.error(
        { ...this.#fields(), handler: name, handlers: [...this.#parts.handlers.keys()] },
        'there is no such handler',
      );
      this.#end(CLOSE.POLICY_VIOLATION, 'there is no such handler', 'gateway');
      return;
    }
    this.#run = this.#runOf(legHandler, format, headers);
    this.#run.start();
  }

  #runOf(
    { handler, settings }: LegHandler,
    format: AudioFormat,
    headers: Readonly<Record<string, unknown>>,
  ): HandlerRun {
    const { config, timers, pacer, logger } = this.#parts;
    return new HandlerRun({
      handler,
      settings,
      facts: { ...this.#identity, socketId: this.socketId, headers, format },
      sink: this.#socket,
      pacer,
      timers,
      limits: {
        leadMs: config.AUDIO_LEAD_MS,
        maxBufferedBytes: config.MAX_BUFFERED_BYTES,
        maxQueuedMs: config.MAX_QUEUED_AUDIO_MS,
      },
      slowMs: config.HANDLER_SLOW_MS,
      figures: this.#outgoing,
      log: () => logger.child({ ...this.#fields(), handler: handler.name }),
      onFailure: () => this.#end(CLOSE.INTERNAL_ERROR, 'the handler failed', 'failure'),
      onEndAsked: () => this.#end(CLOSE.NORMAL, 'the handler ended the call', 'handler'),
    });
  }

  #end(code: number, reason: string, end: CallEnd): void {
    // A peer that has said goodbye first, or broken the protocol, has ended the leg already.
    if (this.#state === 'CLOSING' || this.#socket.readyState !== OPEN) return;
    this.#state = 'CLOSING';
    this.#ended = { code, reason, by: 'gateway' };
    void this.#run?.end(end);
    this.#socket.close(code, reason);
  }

  #onError(error: NodeJS.ErrnoException): void {
    const code = violationCode(error);
    if (code === undefined) {
      this.#ended ??= { code: CLOSE.ABNORMAL, reason: error.message, by: 'network' };
      return;
    }
    this.#ended ??= { code, reason: error.message, by: 'gateway' };
    this.#state = 'CLOSING';
    void this.#run?.end('peer');
    this.#parts.logger.warn(
      { ...this.#fields(), code: error.code, reason: error.message },
      'the peer broke the protocol',
    );
  }

  async #onClose(code: number): Promise<void> {
    this.#state = 'CLOSED';
    const handlerDone = this.#run?.end('peer');
    // What a peer writes beside its code may be anything, also about a person: it is kept nowhere.
    this.#ended ??= { code, reason: '', by: code === CLOSE.ABNORMAL ? 'network' : 'peer' };
    const record = this.#record();
    if (record.framesIn === 0 && !this.#identified) {
      // A socket that never was a leg: there is nothing to measure and nobody's call to put it to.
      this.#parts.logger.warn(
        { ...this.#fields(), closeCode: record.closeCode, closeReason: record.closeReason },
        'socket closed before it became a leg',
      );
      await handlerDone;
      return;
    }
    const { durationMs, framesIn, framesOut, framesDropped, framesWrongSize, closeCode, closeReason, closedBy } =
      record;
    this.#parts.logger.info(
      {
        ...this.#fields(),
        durationMs,
        framesIn,
        framesOut,
        framesDropped,
        framesWrongSize,
        closeCode,
        closeReason,
        closedBy,
      },
      'leg ended',
    );
    await Promise.all([
      handlerDone,
      this.#parts.tracing.ended(record, () => this.#parts.record(record), this.#openedSpan),
    ]);
  }

  #fields() {
    return { ...callFields(this.#identity), socketId: this.socketId, requestId: this.#upgrade.requestId };
  }
}

/**
 * The close code with which ws has answered a violation of RFC 6455 or a message above the limit; `undefined` for an error
 * of the connection itself.
 */
function violationCode(error: NodeJS.ErrnoException): number | undefined {
  if (!error.code?.startsWith('WS_ERR_')) return undefined;
  switch (error.code) {
    case 'WS_ERR_INVALID_UTF8':
      return CLOSE.INVALID_DATA;
    case 'WS_ERR_TOO_MANY_BUFFERED_PARTS':
      return CLOSE.POLICY_VIOLATION;
    case 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH':
    case 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH':
      return CLOSE.MESSAGE_TOO_BIG;
    default:
      return CLOSE.PROTOCOL_ERROR;
  }
}

/** To a thousandth: what is shown needs no more. */
function round(value: number | undefined): number {
  return Math.round((value ?? 0) * 1000) / 1000;
}
