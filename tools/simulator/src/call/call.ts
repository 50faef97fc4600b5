import { AnswerError } from '../answer/answer-error.ts';
import { checkActions, type NccoAnswer } from '../answer/fetch-ncco.ts';
import { nccoIn } from '../answer/ncco-in-reply.ts';
import { failure } from '../events/call-event.ts';
import { EventSender, type EventTarget } from '../events/event-sender.ts';
import { carryOut } from '../flow/carry-out.ts';
import { KeyPad } from '../flow/key-pad.ts';
import { type LiveCall, type OutboundLeg, pause } from '../flow/live-call.ts';
import { SpokenWords } from '../flow/spoken-words.ts';
import { HeardTrack } from '../heard/heard-track.ts';
import { Announcer } from '../legs/announcer.ts';
import { Caller } from '../legs/caller.ts';
import { callerLeg } from '../legs/caller-leg.ts';
import type { Leg } from '../legs/leg.ts';
import type { SocketLeg } from '../legs/socket-leg.ts';
import { FRAME_MS, type SampleRateHz } from '../media/audio-format.ts';
import { round } from '../media/distribution.ts';
import { MovableConversation } from '../media/movable-conversation.ts';
import type { Recording } from '../media/recording.ts';
import type { Action, WebhookTarget } from '../ncco/actions.ts';
import type { Platform } from '../platform/platform.ts';
import type { Room } from '../platform/rooms.ts';
import type { SocketClose, SocketFault } from '../socket/vonage-socket.ts';
import type { HttpReply } from '../webhook/http-exchange.ts';
import type { CallIds } from './call-ids.ts';
import { makeCallIds } from './call-ids.ts';
import { answerFields, type CallOptions } from './call-options.ts';
import type { CallReport } from './call-report.ts';
import { Timeline } from './call-timeline.ts';
import { Findings } from './findings.ts';
import { LegControls } from './leg-controls.ts';
import { Listeners } from './listeners.ts';
import { ReplacementLimit } from './replacement-limit.ts';
import type { CallEvents, SimulatedCall } from './simulated-call.ts';
import { SocketRecords } from './socket-records.ts';

/** Of a call whose NCCO names no socket. */
const USUAL_RATE_HZ: SampleRateHz = 16_000;
const USUAL_KEY_MS = 100;
/** Complaints of one NCCO that an error event tells of. */
const MOST_IN_REASON = 5;
/** A leg's longest time, and so the longest that a call may last. */
const LONGEST_CALL_SECONDS = 7200;

/** One call, from the question to the answer URL to the last event: its state, and whatever may be done to it. */
export class Call implements SimulatedCall, LiveCall {
  readonly ids: CallIds;
  readonly platform: Platform;
  readonly from: string | undefined;
  readonly to: string;
  readonly callerLeg: Leg;
  readonly sender: EventSender;
  readonly log = new Timeline();
  readonly findings = new Findings(this.log);
  readonly keys = new KeyPad();
  readonly words = new SpokenWords();
  readonly announcer = new Announcer();
  readonly controls: LegControls;
  readonly ended: Promise<CallReport>;
  /** Fulfilled when the answer is there, or will never be. */
  readonly answered: Promise<void>;

  readonly #options: CallOptions;
  readonly #listeners = new Listeners<CallEvents>();
  readonly #over = new AbortController();
  readonly #legs = new Set<OutboundLeg>();
  /** What goes on beside the NCCO, and is waited for before the report is made. */
  readonly #beside = new Set<Promise<unknown>>();
  readonly #connected = Promise.withResolvers<boolean>();
  readonly #answeredGate = Promise.withResolvers<void>();
  readonly #overGate = Promise.withResolvers<void>();
  #heard: HeardTrack | undefined;
  #caller: Caller | undefined;
  #conversation: MovableConversation | undefined;
  /** The call's conversation, for others who are transferred to it. */
  #room: Room | undefined;
  #replaced = new AbortController();
  readonly #replacements = new ReplacementLimit(() => performance.now());
  /** NCCOs under way, and work that the call lasts as long as. */
  #busy = 0;
  #hungUpBy: 'user' | 'platform' = 'platform';
  #socketLegs = 0;
  readonly #socketRecords = new SocketRecords(this.findings);
  #answerMs: number | null = null;
  #failureCode: CallReport['failureCode'] = null;

  constructor(platform: Platform, options: CallOptions) {
    this.platform = platform;
    this.#options = options;
    this.ids = makeCallIds(options.ids);
    this.from = options.from === null ? undefined : (options.from ?? '14155550177');
    this.to = options.to ?? '12025550123';
    this.sender = new EventSender({
      client: platform.client,
      findings: this.findings,
      timeline: this.log,
      delays: platform.eventDelays,
      fallback: platform.fallbackUrl && {
        url: platform.fallbackUrl,
        method: platform.answerMethod,
        faultIn: (reply, event) => this.#faultIn(reply, event),
      },
    });
    this.sender.onDelivery = (delivery) => this.#listeners.tell('event', delivery);
    this.log.onEntry = (entry) => this.#listeners.tell('timeline', entry);
    this.callerLeg = callerLeg(this, platform.applicationEvents);
    this.controls = new LegControls(this);
    this.answered = this.#answeredGate.promise;
    this.ended = this.#run();
  }

  // What a test may do.

  get heard(): HeardTrack {
    this.#heard ??= new HeardTrack(USUAL_RATE_HZ);
    return this.#heard;
  }

  get timeline() {
    return this.log.entries;
  }

  get events() {
    return this.sender.deliveries;
  }

  on<Name extends keyof CallEvents>(name: Name, listener: (what: CallEvents[Name]) => void): () => void {
    return this.#listeners.add(name, listener);
  }

  connected(): Promise<boolean> {
    return this.#connected.promise;
  }

  get isConnected(): boolean {
    return this.#socketRecords.hasOpened;
  }

  async say(audio: Recording): Promise<void> {
    await this.answered;
    if (this.over.aborted) return;
    await this.sayFrames(await audio.framesAt(this.conversation.sampleRateHz));
  }

  /** Says frames of the conversation's rate. */
  async sayFrames(frames: readonly Buffer[]): Promise<void> {
    if (this.over.aborted) return;
    this.log.add('caller', `says ${((frames.length * FRAME_MS) / 1000).toFixed(1)} s of audio`);
    await this.caller.speech.play(frames);
  }

  /** Falls silent, whatever there was still to be said. */
  stopSaying(): void {
    this.#caller?.speech.stop();
  }

  /** Frames that the caller has said. */
  get framesSpoken(): number {
    return this.#caller?.speech.played ?? 0;
  }

  sayWords(text: string): void {
    if (this.over.aborted) return;
    this.log.add('caller', `says “${text}”`);
    this.words.say(text);
  }

  async press(digits: string, { durationMs = USUAL_KEY_MS }: { durationMs?: number } = {}): Promise<void> {
    if (!/^[0-9*#]+$/.test(digits))
      throw new RangeError(`press: ${JSON.stringify(digits)} has other keys than 0-9, * and #`);
    for (const [index, digit] of [...digits].entries()) {
      if (index > 0) await pause(durationMs, this.over);
      if (!(await pause(durationMs, this.over))) return;
      this.pressAtOnce(digit, durationMs);
    }
  }

  /** A key, as it is let go. */
  pressAtOnce(digit: string, durationMs = USUAL_KEY_MS): void {
    if (this.over.aborted) return;
    this.log.add('caller', `presses ${digit} for ${durationMs} ms`);
    this.#heard?.mark(`key ${digit}`);
    this.keys.pressed(digit, durationMs);
  }

  async wait(ms: number): Promise<void> {
    await pause(ms, this.over);
  }

  async cutNetwork(ms: number): Promise<void> {
    if (this.over.aborted) return;
    this.log.add('caller', `the network is gone for ${ms} ms`);
    const sockets = this.#sockets();
    for (const socket of sockets) socket.hold();
    await pause(ms, this.over);
    for (const socket of sockets) socket.release();
  }

  resetNetwork(): void {
    if (this.over.aborted) return;
    this.log.add('caller', 'the network breaks the connections');
    for (const socket of this.#sockets()) socket.reset();
  }

  hangUp(): Promise<CallReport> {
    this.end('user');
    return this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hangUp();
  }

  /** The report's figures of time are to tell of the frames from the next one on: what was before is no part of the test. */
  timeFromHere(): void {
    for (const socket of this.#sockets()) socket.timeFromHere();
  }

  /** Sends the sockets no more audio, and waits until all that they were sent is back: at most so long. */
  async settle(limitMs: number): Promise<void> {
    await Promise.all(this.#sockets().map((socket) => socket.settle(limitMs)));
  }

  // What carrying out an NCCO needs.

  get over(): AbortSignal {
    return this.#over.signal;
  }

  get caller(): Caller {
    if (!this.#caller) throw new Error('the call is not answered yet');
    return this.#caller;
  }

  get conversation(): MovableConversation {
    if (!this.#conversation) throw new Error('the call is not answered yet');
    return this.#conversation;
  }

  target(own: WebhookTarget | undefined): EventTarget {
    return own ? { url: new URL(own.url), method: own.method } : this.platform.applicationEvents;
  }

  addLeg(leg: OutboundLeg): void {
    this.#legs.add(leg);
    this.controls.add(leg);
    if (this.over.aborted) void leg.end();
  }

  removeLeg(leg: OutboundLeg): void {
    this.#legs.delete(leg);
    this.#endIfIdle();
  }

  keepAlive(work: Promise<unknown>): void {
    this.#busy++;
    this.finish(
      work.finally(() => {
        this.#busy--;
        this.#endIfIdle();
      }),
    );
  }

  finish(work: Promise<unknown>): void {
    const guarded = work.catch((error: unknown) => this.#crash(error));
    this.#beside.add(guarded);
    void guarded.then(() => this.#beside.delete(guarded));
  }

  replaceNcco(actions: readonly Action[], why: string): void {
    if (this.over.aborted) return;
    this.log.add('action', `a new NCCO of ${actionCount(actions)}: ${why}`);
    this.#start(actions);
  }

  nccoInReply(reply: HttpReply | undefined, event: string): readonly Action[] | undefined {
    const actions = this.#goodNccoIn(reply, event);
    if (!actions || this.#replacements.take()) return actions;
    const { most, withinMs } = ReplacementLimit;
    this.findings.problem(`the application keeps replying with another NCCO: ${most} in ${withinMs / 1000} s`);
    this.end('platform');
    return undefined;
  }

  #goodNccoIn(reply: HttpReply | undefined, event: string): readonly Action[] | undefined {
    const where = `the reply to the ${event} event`;
    const { ncco, mistake } = nccoIn(reply);
    if (mistake) this.findings.note(`${where} ${mistake}, so it is no NCCO and the call flow goes on`, '4.4.1');
    return ncco && this.checked(ncco, where);
  }

  /** A reply's NCCO that cannot be carried out is told of, though the fallback URL may have a better one. */
  #faultIn(reply: HttpReply, event: string): string | undefined {
    const isBad = nccoIn(reply).ncco !== undefined && this.#goodNccoIn(reply, event) === undefined;
    return isBad ? 'the NCCO cannot be carried out' : undefined;
  }

  /** The actions of an NCCO that came in the middle of a call; a bad one is a problem, and told of by an error event. */
  checked(ncco: unknown, where: string): readonly Action[] | undefined {
    try {
      const { actions, notes } = checkActions(ncco, this.platform.rules, where);
      for (const note of notes) this.findings.note(`${where}: ${note}`);
      return actions;
    } catch (error) {
      if (!(error instanceof AnswerError)) throw error;
      this.reportBadNcco(error);
      return undefined;
    }
  }

  reportBadNcco(error: AnswerError): void {
    this.findings.problem(error.message, error.rule);
    for (const complaint of error.complaints) this.findings.problem(complaint);
    if (!error.isInvalidNcco) return;
    const left = error.complaints.length - MOST_IN_REASON;
    const told = error.complaints.slice(0, MOST_IN_REASON);
    const reason = [error.message, ...told, ...(left > 0 ? [`and ${left} more`] : [])].join('; ');
    void this.sender.send(failure(this.ids.conversationUuid, reason, new Date()), this.platform.applicationEvents);
  }

  /** `platform` as long as the caller has not hung up. */
  get hungUpBy(): 'user' | 'platform' {
    return this.#hungUpBy;
  }

  get onFrame(): ((frame: Buffer) => void) | undefined {
    return this.#options.onFrame;
  }

  nextSocketLegUuid(): string {
    this.#socketLegs++;
    return this.#socketLegs === 1 ? this.ids.socketLegUuid : makeCallIds().socketLegUuid;
  }

  onSocketOpen(socket: SocketLeg, uri: string, openMs: number): void {
    this.#socketRecords.opened(socket, openMs);
    this.#heard?.mark('socket open');
    this.#listeners.tell('socketOpen', { legUuid: socket.legUuid, uri });
    this.#connected.resolve(true);
  }

  onSocketClosed(socket: SocketLeg, uri: string, close: SocketClose): void {
    this.#socketRecords.closed(socket, uri, close);
    this.#heard?.mark('socket closed');
    this.#listeners.tell('socketClosed', { legUuid: socket.legUuid, code: close.code, reason: close.reason });
  }

  onSocketFault(code: SocketFault, uri: string): void {
    this.#socketRecords.notOpened(code, uri);
  }

  onText(legUuid: string, text: string): void {
    this.#listeners.tell('text', { legUuid, text });
  }

  /** Ends the call: the caller has hung up, or Vonage's side has. */
  end(by: 'user' | 'platform'): void {
    if (this.over.aborted) return;
    this.#hungUpBy = by;
    this.log.add('caller', by === 'user' ? 'hangs up' : 'the call is over');
    this.#over.abort();
    this.#overGate.resolve();
  }

  /** Ends what the call is connected to, which the application does not count as an accident. */
  async endLegs(): Promise<void> {
    await Promise.all([...this.#legs].map((leg) => leg.end()));
  }

  // The course of the call.

  async #run(): Promise<CallReport> {
    const startedAt = new Date();
    const hangUp = () => this.end('user');
    this.#options.signal?.addEventListener('abort', hangUp, { once: true });
    if (this.#options.signal?.aborted) hangUp();
    const limit = setTimeout(() => this.#endAtLimit(), LONGEST_CALL_SECONDS * 1000);
    // What a listener has to hear of is told after whoever made the call could begin to listen.
    await Promise.resolve();
    try {
      const { actions } = await this.#ask();
      this.#pickUp(actions);
      this.#start(actions);
      await this.#overGate.promise;
    } catch (error) {
      if (error instanceof AnswerError) this.#noteFailure(error);
      else this.#crash(error);
    }
    clearTimeout(limit);
    this.#over.abort();
    this.#answeredGate.resolve();
    await this.#takeDown();
    this.#connected.resolve(false);
    this.#options.signal?.removeEventListener('abort', hangUp);
    const report = this.#report(startedAt);
    this.#listeners.tell('ended', report);
    return report;
  }

  #endAtLimit(): void {
    if (this.over.aborted) return;
    this.findings.note(`the call was ended after ${LONGEST_CALL_SECONDS} s: no leg lasts longer`, '2.5.5');
    this.end('platform');
  }

  async #ask(): Promise<NccoAnswer> {
    const fields = answerFields(this, this.#options);
    this.log.add(
      'webhook',
      `asks ${this.platform.answerMethod} ${this.platform.answerUrl.origin}${this.platform.answerUrl.pathname}`,
    );
    const answer = await this.platform.answer(fields, this.over, this.findings, (error) => this.reportBadNcco(error));
    this.#answerMs = this.log.nowMs();
    this.log.add('webhook', `answered with an NCCO of ${actionCount(answer.actions)}`);
    return answer;
  }

  #pickUp(actions: readonly Action[]): void {
    const sampleRateHz = this.platform.sampleRateHz ?? firstSocketRate(actions) ?? USUAL_RATE_HZ;
    const conversation = new MovableConversation(sampleRateHz);
    this.#conversation = conversation;
    this.#room = this.platform.rooms.addCall(this.ids.conversationUuid, conversation.home);
    if (this.#options.keepsSound ?? true) this.#heard = new HeardTrack(sampleRateHz);
    this.#caller = new Caller(this.callerLeg, this.#heard);
    conversation.join(this.#caller);
    conversation.join(this.announcer);
    this.callerLeg.started();
    this.callerLeg.ringing();
    this.callerLeg.answered();
    this.platform.clock.start(conversation.home, this.#options.phaseMs ?? 0);
    this.#answeredGate.resolve();
  }

  #start(actions: readonly Action[]): void {
    this.#replaced.abort();
    this.#replaced = new AbortController();
    this.announcer.endBargeIn();
    const { signal } = this.#replaced;
    // Kept alive before it begins, as its first action may be over at once.
    this.keepAlive(Promise.resolve().then(() => this.#carryOutAll(actions, signal)));
  }

  async #carryOutAll(actions: readonly Action[], replaced: AbortSignal): Promise<void> {
    for (const [index, action] of actions.entries()) {
      if (replaced.aborted || this.over.aborted) return;
      this.#listeners.tell('action', { index, action });
      const next = await carryOut(action, this, replaced);
      if (!next || replaced.aborted) continue;
      if (next.length > 0) this.replaceNcco(next, 'in the reply to an event');
      return;
    }
  }

  #endIfIdle(): void {
    if (this.#busy === 0 && this.#legs.size === 0) this.end('platform');
  }

  async #takeDown(): Promise<void> {
    this.#replaced.abort();
    await this.endLegs();
    while (this.#beside.size > 0) await Promise.all(this.#beside);
    this.#conversation?.end();
    this.#room?.end();
    this.#caller?.speech.stop();
    this.#caller?.played.stop();
    this.announcer.player.stop();
    if (this.callerLeg.answeredAt) this.callerLeg.completed(this.#hungUpBy);
    await this.sender.drained();
  }

  #sockets(): SocketLeg[] {
    return [...this.#legs].flatMap(({ socket }) => socket ?? []);
  }

  #noteFailure(error: AnswerError): void {
    this.#failureCode = error.code;
    if (error.code === 'HUNG_UP') {
      this.findings.problem(error.message);
      return;
    }
    this.reportBadNcco(error);
  }

  /** A fault of the simulator's own: it ends this call, and is told of like a problem. */
  #crash(error: unknown): void {
    this.findings.problem(`the simulator itself failed: ${error instanceof Error ? error.stack : String(error)}`);
    this.end('platform');
  }

  #report(startedAt: Date): CallReport {
    const { findings, sender } = this;
    return {
      ...this.ids,
      ...this.#socketRecords.figures,
      verdict: findings.problems.length === 0 ? 'passed' : 'failed',
      problems: findings.problems,
      notes: findings.notes,
      failureCode: this.#failureCode ?? this.#socketRecords.failureCode,
      startedAt: startedAt.toISOString(),
      durationMs: round(this.log.nowMs()),
      answerUrl: this.platform.answerUrl.href,
      answerMethod: this.platform.answerMethod,
      answerMs: this.#answerMs,
      socketOpenMs: this.#socketRecords.openMs,
      eventsSent: sender.sent,
      eventsFailed: sender.failed,
      aborted: this.#options.signal?.aborted ?? false,
      events: sender.deliveries,
      timeline: this.log.entries,
    };
  }
}

const actionCount = ({ length }: readonly Action[]): string => `${length} ${length === 1 ? 'action' : 'actions'}`;

function firstSocketRate(actions: readonly Action[]): SampleRateHz | undefined {
  for (const action of actions) {
    if (action.action === 'connect' && action.endpoint.type === 'websocket') return action.endpoint.sampleRateHz;
  }
  return undefined;
}
