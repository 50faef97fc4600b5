import type { Logger } from '../telemetry/logger.ts';

/**
 * - `STARTING`: connections and servers are being made; nothing is promised yet.
 * - `READY`: serving.
 * - `DRAINING`: takes nothing new, finishes what is live, then lets go of its resources in reverse order.
 * - `STOPPED`: everything was let go of; the process exits 0.
 * - `FAILED`: the start, or a step of the stop, failed or ran past its deadline; the process exits 1.
 */
export type LifecycleState = 'STARTING' | 'READY' | 'DRAINING' | 'STOPPED' | 'FAILED';

interface Resource {
  readonly name: string;
  readonly stop: () => Promise<void> | void;
}

/** A service's states, and the resources it has to let go of. It knows nothing of signals or of exiting: `runService` does. */
export class Lifecycle {
  #state: LifecycleState = 'STARTING';
  readonly #resources: Resource[] = [];
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  get state(): LifecycleState {
    return this.#state;
  }

  /** Says how to let go of a resource, as soon as there is one. Stopping runs these in reverse order, one after the other. */
  use(name: string, stop: () => Promise<void> | void): void {
    this.#resources.push({ name, stop });
  }

  ready(): void {
    if (this.#state === 'STARTING') this.#state = 'READY';
  }

  /** Stops once, however often it is called. A step that fails is logged, and the ones after it still run. */
  async stop(): Promise<void> {
    if (this.#state !== 'STARTING' && this.#state !== 'READY') return;
    this.#state = 'DRAINING';
    let failed = false;
    for (const { name, stop } of this.#resources.splice(0).reverse()) {
      try {
        await stop();
      } catch (err) {
        failed = true;
        this.#logger.error({ err, resource: name }, 'could not be stopped properly');
      }
    }
    this.#state = failed ? 'FAILED' : 'STOPPED';
  }
}
