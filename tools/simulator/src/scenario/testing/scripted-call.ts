import type { CallIds } from '../../call/call-ids.ts';
import type { CallReport } from '../../call/call-report.ts';
import type { CallEvents, SimulatedCall } from '../../call/simulated-call.ts';
import type { EventDelivery } from '../../call/timeline.ts';
import { HeardTrack } from '../../heard/heard-track.ts';
import { FRAME_MS } from '../../media/audio-format.ts';
import type { Recording } from '../../media/recording.ts';
import type { VirtualTime } from './virtual-time.ts';

const RATE_HZ = 8000;

/** What the application of a scripted call does. */
export interface Script {
  /** When its WebSocket is open, ms since the call was placed; undefined: never. */
  readonly connectsAtMs?: number;
  /** What the caller hears in a tick: nothing unless given. */
  hears?(atMs: number, said: Buffer | undefined, call: ScriptedCall): Buffer | undefined;
  onPress?(digits: string, call: ScriptedCall): unknown;
  onStart?(call: ScriptedCall): unknown;
}

/** A call with an application that is played from a script, in virtual time; the track begins with the call. */
export class ScriptedCall implements SimulatedCall {
  readonly ids: CallIds = { conversationUuid: 'CON-1', legUuid: 'caller-leg', socketLegUuid: 'socket-leg' };
  readonly heard = new HeardTrack(RATE_HZ);
  readonly events: EventDelivery[] = [];
  readonly timeline = [];
  readonly ended: Promise<CallReport>;
  /** What the caller did, with the time: `1500 press 5`. */
  readonly done: string[] = [];
  readonly time: VirtualTime;
  readonly #script: Script;
  readonly #listeners: { readonly name: string; readonly listener: (what: never) => void }[] = [];
  readonly #connected = Promise.withResolvers<boolean>();
  readonly #end = Promise.withResolvers<CallReport>();
  readonly #toSay: { readonly frame: Buffer; readonly said: (() => void) | undefined }[] = [];
  #isOver = false;

  constructor(script: Script, time: VirtualTime) {
    this.#script = script;
    this.time = time;
    this.ended = this.#end.promise;
    time.after(FRAME_MS, () => this.#tick());
    if (script.connectsAtMs !== undefined) time.after(script.connectsAtMs, () => this.#connect());
    script.onStart?.(this);
  }

  emit<Name extends keyof CallEvents>(name: Name, what: CallEvents[Name]): void {
    for (const { name: own, listener } of this.#listeners) if (own === name) listener(what as never);
  }

  deliver(name: string, legUuid: string | null, more: Partial<EventDelivery> = {}): void {
    const event: EventDelivery = {
      atMs: this.time.now(),
      name,
      legUuid,
      method: 'POST',
      url: 'http://127.0.0.1/event',
      body: {},
      status: 204,
      failure: null,
      ms: 1,
      attempts: 1,
      ...more,
    };
    this.events.push(event);
    this.emit('event', event);
  }

  /** Ends the call from the application's or the platform's side. */
  end(report: Partial<CallReport>, code = 1000, reason = ''): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#script.connectsAtMs !== undefined) {
      this.emit('socketClosed', { legUuid: this.ids.socketLegUuid, code, reason });
    }
    this.#connected.resolve(false);
    for (const { said } of this.#toSay.splice(0)) said?.();
    this.deliver('completed', this.ids.socketLegUuid);
    this.deliver('completed', this.ids.legUuid);
    // Nothing of a scenario looks at more of the report than this.
    const whole = {
      verdict: 'passed',
      problems: [],
      closedBy: 'caller',
      closeCode: code,
      ...report,
    } as unknown as CallReport;
    this.emit('ended', whole);
    this.#end.resolve(whole);
  }

  on<Name extends keyof CallEvents>(name: Name, listener: (what: CallEvents[Name]) => void): () => void {
    const entry = { name, listener };
    this.#listeners.push(entry);
    return () => void this.#listeners.splice(this.#listeners.indexOf(entry), 1);
  }

  connected(): Promise<boolean> {
    return this.#connected.promise;
  }

  async say(audio: Recording): Promise<void> {
    this.#note('say');
    this.time.busy++;
    const frames = await audio.framesAt(RATE_HZ);
    this.time.busy--;
    const { promise, resolve } = Promise.withResolvers<void>();
    for (const [i, frame] of frames.entries()) {
      this.#toSay.push({ frame, said: i === frames.length - 1 ? resolve : undefined });
    }
    return promise;
  }

  sayWords(text: string): void {
    this.#note(`sayWords ${text}`);
  }

  async press(digits: string, { durationMs = 100 } = {}): Promise<void> {
    this.#note(`press ${digits} ${durationMs}`);
    this.#script.onPress?.(digits, this);
    await this.time.pause(2 * durationMs * digits.length);
  }

  async wait(ms: number): Promise<void> {
    if (!this.#isOver) await Promise.race([this.time.pause(ms), this.ended]);
  }

  async cutNetwork(ms: number): Promise<void> {
    this.#note(`cutNetwork ${ms}`);
    await this.wait(ms);
  }

  resetNetwork(): void {
    this.#note('resetNetwork');
  }

  hangUp(): Promise<CallReport> {
    if (!this.#isOver) this.#note('hangUp');
    this.end({});
    return this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hangUp();
  }

  #note(what: string): void {
    this.done.push(`${this.time.now()} ${what}`);
  }

  #connect(): void {
    if (this.#isOver) return;
    this.emit('socketOpen', { legUuid: this.ids.socketLegUuid, uri: 'ws://127.0.0.1/socket' });
    this.#connected.resolve(true);
  }

  #tick(): void {
    if (this.#isOver) return;
    const saying = this.#toSay.shift();
    this.heard.add(saying?.frame, this.#script.hears?.(this.heard.durationMs, saying?.frame, this));
    saying?.said?.();
    this.time.after(FRAME_MS, () => this.#tick());
  }
}
