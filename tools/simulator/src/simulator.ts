import { Call } from './call/call.ts';
import { type CallOptions, checkCallOptions } from './call/call-options.ts';
import type { SimulatedCall } from './call/simulated-call.ts';
import type { RestOptions, SimulatorOptions } from './platform/options.ts';
import { Platform } from './platform/platform.ts';
import type { CallControl, LegControl } from './rest/call-control.ts';
import { type RestServer, startRestServer } from './rest/rest-server.ts';

/** Calls whose legs REST still finds when they are over. */
const KEPT_CALLS = 100;

/**
 * Vonage's side of an application's calls: `await using simulator = await Simulator.start({ answerUrl })`, and then
 * `await using call = await simulator.call()`.
 */
export class Simulator implements AsyncDisposable {
  readonly platform: Platform;
  readonly #calls = new Set<Call>();
  #rest: RestServer | undefined;

  private constructor(options: SimulatorOptions) {
    this.platform = new Platform(options);
  }

  /** @throws {TypeError | RangeError} where an option is none that can be had. */
  static async start(options: SimulatorOptions): Promise<Simulator> {
    const simulator = new Simulator(options);
    if (options.rest) await simulator.#serveRest(options.rest);
    return simulator;
  }

  /** Origin of the stand-in of the REST API, where there is one. */
  get restUrl(): string | undefined {
    return this.#rest?.origin;
  }

  /**
   * Places a call; fulfilled when it is answered, or could not be.
   *
   * @throws {TypeError | RangeError} where an option is none that a call can be made with.
   */
  async call(options: CallOptions = {}): Promise<SimulatedCall> {
    const call = this.begin(options);
    await call.answered;
    return call;
  }

  /** As {@link call}, without waiting for the answer. */
  begin(options: CallOptions = {}): Call {
    checkCallOptions(options);
    const call = new Call(this.platform, options);
    this.#calls.add(call);
    void call.ended.then(() => this.#forget());
    return call;
  }

  /** Hangs up every call, and lets go of everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#calls].map((call) => call.hangUp()));
    await this.#rest?.[Symbol.asyncDispose]();
    this.platform.close();
  }

  async #serveRest(options: RestOptions): Promise<void> {
    this.#rest = await startRestServer({ ...options, control: this.#control() });
    this.platform.regionUrl = this.#rest.origin;
  }

  /** Only the newest calls are kept, and whatever is live. */
  #forget(): void {
    const over = [...this.#calls].filter((call) => call.over.aborted);
    for (const call of over.slice(0, Math.max(0, over.length - KEPT_CALLS))) this.#calls.delete(call);
  }

  #control(): CallControl {
    const legs = (): readonly LegControl[] => [...this.#calls].flatMap((call) => call.controls.all);
    return { legs, find: (legUuid) => legs().find((leg) => leg.view.uuid === legUuid) };
  }
}
