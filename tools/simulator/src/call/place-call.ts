import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnswerError } from '../answer/answer-error.ts';
import { askAnswerUrl } from '../answer/ask-answer-url.ts';
import type { SocketEndpoint } from '../answer/ncco-check.ts';
import * as event from '../events/call-event.ts';
import { EventSender, type EventTarget } from '../events/event-sender.ts';
import { contentTypeOf, FRAMES_PER_SECOND, rateOfContentType, type SampleRateHz } from '../media/audio-format.ts';
import { round } from '../media/distribution.ts';
import { EchoRun } from '../media/echo-run.ts';
import { FrameClock } from '../media/frame-clock.ts';
import { loadAudio, type Recording } from '../media/recording.ts';
import { writeWav } from '../media/wav.ts';
import { type SocketClose, SocketError, VonageSocket } from '../socket/vonage-socket.ts';
import { makeCallIds } from './call-ids.ts';
import { type CallOptions, type CallPlan, planCall } from './call-options.ts';
import { type CallReport, emptyReport } from './call-report.ts';
import { judge } from './judge.ts';

/** Paces every call of this process. */
const frameClock = new FrameClock();

/**
 * Places one call and reports on it when it is over, however it went.
 *
 * Nothing is thrown but what the caller of this function can mend: options that make no call, or audio that cannot be read.
 *
 * @throws {TypeError | RangeError | AudioError}
 */
export async function placeCall(options: CallOptions): Promise<CallReport> {
  return placeGroupedCall(options, ALONE);
}

/** How calls of a group begin to talk together, so that the set-up of one does not disturb the pace of another. */
interface GroupStart {
  /** This call is set up, or has failed. May be called more than once. */
  ready(): void;
  /** Every call is ready. */
  everyoneReady: Promise<unknown>;
}

const ALONE: GroupStart = { ready() {}, everyoneReady: Promise.resolve() };

/** A call that is ready waits so long for the others at the most. */
const GROUP_START_LIMIT_MS = 2000;

/** As {@link placeCall}, for one call of a group. */
export async function placeGroupedCall(options: CallOptions, group: GroupStart): Promise<CallReport> {
  const plan = planCall(options);
  return new Call(plan, plan.audio ?? (await loadAudio()), group).run();
}

class Call {
  readonly #plan: CallPlan;
  readonly #audio: Recording;
  readonly #group: GroupStart;
  readonly #ids;
  readonly #report: CallReport;
  readonly #events = new EventSender();
  readonly #eventTarget: EventTarget;

  constructor(plan: CallPlan, audio: Recording, group: GroupStart) {
    this.#group = group;
    this.#plan = plan;
    this.#audio = audio;
    this.#ids = makeCallIds(plan.ids);
    this.#report = emptyReport(this.#ids, plan.answerUrl, plan.answerMethod);
    this.#eventTarget = { url: plan.eventUrl, method: 'POST' };
  }

  async run(): Promise<CallReport> {
    const startMs = frameClock.now();
    try {
      await this.#callerLeg(await this.#askAnswerUrl());
    } catch (error) {
      this.#noteFailure(error);
    } finally {
      this.#group.ready();
    }
    await this.#events.drained();

    const report = this.#report;
    report.eventsSent = this.#events.sent;
    report.eventsFailed = this.#events.failures.length;
    report.notes.push(...this.#events.notes);
    report.aborted = this.#plan.signal?.aborted ?? false;
    report.durationMs = round(frameClock.now() - startMs);
    judge(report, this.#events.failures);
    return report;
  }

  async #askAnswerUrl(): Promise<SocketEndpoint> {
    const { answerUrl, answerMethod, from, to, signal } = this.#plan;
    const startMs = frameClock.now();
    const answer = await askAnswerUrl({ url: answerUrl, method: answerMethod, from, to, ids: this.#ids, signal });
    this.#report.answerMs = round(frameClock.now() - startMs);
    this.#report.notes.push(...answer.notes);
    if (answer.attempts > 1) this.#report.notes.push('the answer URL was asked twice: the first try failed');
    return answer.endpoint;
  }

  /** The caller's leg: from the telephone ringing to hanging up, with the WebSocket leg within it. */
  async #callerLeg(endpoint: SocketEndpoint): Promise<void> {
    const { from, to } = this.#plan;
    const leg: event.Leg = {
      uuid: this.#ids.legUuid,
      conversationUuid: this.#ids.conversationUuid,
      direction: 'inbound',
      from,
      to,
      headers: {},
      network: 'US-FIXED',
      ratePerMinute: 0.0045,
    };
    this.#events.send(event.started(leg, new Date()), this.#eventTarget);
    this.#events.send(event.ringing(leg, new Date()), this.#eventTarget);
    const answeredAt = new Date();
    this.#events.send(event.answered(leg, answeredAt), this.#eventTarget);
    try {
      await this.#socketLeg(endpoint);
    } finally {
      this.#events.send(event.completed(leg, answeredAt, new Date(), this.#disconnectedBy()), this.#eventTarget);
    }
  }

  async #socketLeg(endpoint: SocketEndpoint): Promise<void> {
    const leg: event.Leg = {
      uuid: this.#ids.socketLegUuid,
      conversationUuid: this.#ids.conversationUuid,
      direction: 'outbound',
      from: endpoint.from ?? this.#plan.to,
      to: endpoint.uri,
      headers: endpoint.headers,
      network: 'WEBSOCKET',
      ratePerMinute: 0,
    };
    const target: EventTarget = endpoint.eventUrl
      ? { url: new URL(endpoint.eventUrl), method: endpoint.eventMethod }
      : this.#eventTarget;
    const sampleRateHz = this.#sampleRate(endpoint);
    const run = await this.#prepareRun(sampleRateHz, () => socket);

    this.#events.send(event.started(leg, new Date()), target);
    const socket = await this.#open(endpoint, sampleRateHz, run).catch((error) => {
      this.#events.send(event.unanswered(leg, new Date()), target);
      throw error;
    });
    const answeredAt = new Date();
    this.#events.send(event.answered(leg, answeredAt), target);

    await this.#waitForGroup(socket);
    await run.run(this.#plan.signal, socket.closed);
    const close = await socket.hangUp();
    this.#recordRun(run, socket, close);
    if (close.by !== 'caller') this.#events.send(event.disconnected(leg, new Date()), target);
    this.#events.send(event.completed(leg, answeredAt, new Date(), this.#disconnectedBy()), target);
    await this.#writeEcho(run, sampleRateHz);
  }

  /** A group begins when the first events of all its calls are answered too; a single call does not wait for its own. */
  async #waitForGroup(socket: VonageSocket): Promise<void> {
    void this.#events.drained().then(() => this.#group.ready());
    const limit = sleep(GROUP_START_LIMIT_MS, undefined, { ref: false });
    await Promise.race([this.#group.everyoneReady, socket.closed, limit]);
  }

  #sampleRate(endpoint: SocketEndpoint): SampleRateHz {
    const askedFor = rateOfContentType(endpoint.contentType) as SampleRateHz;
    const { sampleRateHz = askedFor } = this.#plan;
    if (sampleRateHz !== askedFor) {
      this.#report.notes.push(`the socket runs at ${sampleRateHz} Hz as told, though the NCCO asks for ${askedFor} Hz`);
    }
    return sampleRateHz;
  }

  async #prepareRun(sampleRateHz: SampleRateHz, socket: () => VonageSocket): Promise<EchoRun> {
    const { seconds, dtmf, phaseMs, out, progress } = this.#plan;
    const frames = await this.#audio.framesAt(sampleRateHz);
    const frameCount = seconds === undefined ? frames.length : Math.max(1, Math.round(seconds * FRAMES_PER_SECOND));
    this.#report.framesPlanned = frameCount;
    if (progress) progress.framesPlanned += frameCount;
    return new EchoRun({
      clock: frameClock,
      phaseMs,
      sampleRateHz,
      frames,
      frameCount,
      dtmf,
      keepEcho: out !== undefined,
      progress,
      send: {
        frame: (frame) => socket().sendAudio(frame),
        dtmf: (digit, durationMs) => socket().sendDtmf(digit, durationMs),
      },
    });
  }

  async #open(endpoint: SocketEndpoint, sampleRateHz: SampleRateHz, run: EchoRun): Promise<VonageSocket> {
    const startMs = frameClock.now();
    this.#report.socketUri = endpoint.uri;
    this.#report.sampleRateHz = sampleRateHz;
    const socket = await VonageSocket.open({
      uri: endpoint.uri,
      contentType: contentTypeOf(sampleRateHz),
      headers: endpoint.headers,
      authorization: endpoint.authorization,
      signal: this.#plan.signal,
      onAudio: (message) => run.receive(message),
    });
    this.#report.socketOpenMs = round(frameClock.now() - startMs);
    return socket;
  }

  #recordRun(run: EchoRun, socket: VonageSocket, close: SocketClose): void {
    const { matcher } = run;
    Object.assign(this.#report, {
      framesSent: run.framesSent,
      framesEchoed: matcher.echoed,
      framesMissing: matcher.missing,
      framesAltered: matcher.altered,
      framesUnexpected: matcher.unexpected,
      framesWrongSize: run.framesWrongSize,
      dtmfSent: run.dtmfSent,
      textMessages: socket.textMessages,
      ...run.figures(),
      closeCode: close.code,
      closeReason: close.reason,
      closedBy: close.by,
    } satisfies Partial<CallReport>);
    if (socket.protocolError) this.#report.problems.push(`the socket broke: ${socket.protocolError}`);
    if (socket.firstUnknownText !== undefined) {
      this.#report.notes.push(`the application sent text that is no command, first: ${socket.firstUnknownText}`);
    }
    const unpressed = this.#plan.dtmf.length - run.dtmfSent;
    if (unpressed > 0) {
      this.#report.notes.push(`DTMF keys that were due after the last frame were not pressed: ${unpressed}`);
    }
  }

  async #writeEcho(run: EchoRun, sampleRateHz: SampleRateHz): Promise<void> {
    const { out } = this.#plan;
    if (out === undefined) return;
    try {
      await writeFile(out, writeWav(Buffer.concat(run.received), sampleRateHz));
    } catch (error) {
      this.#report.problems.push(`cannot write ${out}: ${(error as Error).message}`);
    }
  }

  #noteFailure(error: unknown): void {
    if (!(error instanceof AnswerError || error instanceof SocketError)) throw error;
    this.#report.failureCode = error.code;
    this.#report.problems.push(error.message);
    if (!(error instanceof AnswerError)) return;
    this.#report.problems.push(...error.complaints);
    if (error.isInvalidNcco) {
      const reason = [error.message, ...error.complaints].join('; ');
      this.#events.send(event.nccoError(this.#ids.conversationUuid, reason, new Date()), this.#eventTarget);
    }
  }

  #disconnectedBy(): event.DisconnectedBy {
    return this.#report.closedBy === 'caller' || this.#plan.signal?.aborted ? 'user' : 'platform';
  }
}
