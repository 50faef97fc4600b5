import { setTimeout as sleep } from 'node:timers/promises';
import { type Deployment, docker } from '../deployment.ts';
import { until } from '../wait.ts';
import type { Ledger } from './ledger.ts';

/** What is killed in one go, in turn. */
const VICTIMS = ['nats', 'one of events', 'nginx', 'nats', 'all of events', 'nginx'] as const;
type Victim = (typeof VICTIMS)[number];

/** Acknowledgements between two kills: so many say that all is well again. */
const CALM = 250;
/** Requests that begin at least before what was killed is started again: a kill that meets none proves nothing. */
const MEETING = 10;
/** Longest time that something is left dead, ms; drawn anew each time, so that kills meet the rest in all of its states. */
const DEAD_MS = 1000;

/** Kills and starts one part of the deployment after the other while events are sent through it. */
export class Killer {
  /** Kills so far. */
  readonly kills: Record<Victim, number> = { nats: 0, 'one of events': 0, 'all of events': 0, nginx: 0 };
  /** Of each kill, the requests that began between it and the start that followed. */
  readonly met: number[] = [];
  readonly #deployment: Deployment;
  readonly #ledger: Ledger;

  constructor(deployment: Deployment, ledger: Ledger) {
    this.#deployment = deployment;
    this.#ledger = ledger;
  }

  get total(): number {
    return Object.values(this.kills).reduce((sum, count) => sum + count, 0);
  }

  /** Goes on until the sender has ended; everything is up again then. */
  async run(sent: AbortSignal): Promise<void> {
    const places = {
      nats: await this.#deployment.containers('nats'),
      events: await this.#deployment.containers('events'),
      nginx: await this.#deployment.containers('nginx'),
    };
    for (let turn = 0; ; turn += 1) {
      const victim = VICTIMS[turn % VICTIMS.length] as Victim;
      const containers = {
        nats: places.nats,
        'one of events': [places.events[turn % places.events.length] as string],
        'all of events': places.events,
        nginx: places.nginx,
      }[victim];
      const calm = this.#ledger.acknowledged + CALM;
      await until(() => sent.aborted || this.#ledger.acknowledged >= calm, {
        what: `${CALM} more acknowledgements, with everything up`,
        deadlineMs: 60_000,
        everyMs: 5,
      });
      if (sent.aborted) break;

      this.kills[victim] += 1;
      const { requests } = this.#ledger;
      await docker('kill', ...containers);
      await sleep(Math.random() * DEAD_MS);
      await until(() => sent.aborted || this.#ledger.requests >= requests + MEETING, {
        what: `${MEETING} requests to meet the dead`,
        everyMs: 5,
      });
      this.met.push(this.#ledger.requests - requests);
      await docker('start', ...containers);
      // Without NATS or nginx nothing is acknowledged, but one instance of events can hide another that is not back yet.
      if (containers.every((container) => places.events.includes(container))) await untilHealthy(containers);
    }
    await untilHealthy(Object.values(places).flat());
  }
}

async function untilHealthy(containers: readonly string[]): Promise<void> {
  const state = '{{.State.Health.Status}}';
  await until(
    async () => (await docker('inspect', '--format', state, ...containers)).split('\n').every((is) => is === 'healthy'),
    { what: `${containers.join(', ')} to be healthy`, deadlineMs: 60_000, everyMs: 100 },
  );
}
