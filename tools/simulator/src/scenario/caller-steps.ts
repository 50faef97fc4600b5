import type { Recording } from '../media/recording.ts';
import type { CallWatch, Moment } from './call-watch.ts';
import type { Outcome } from './check.ts';
import { describeStep } from './describe-step.ts';
import type { Expectation } from './expectation-schema.ts';
import { checkFor } from './expectations.ts';
import type { Scenario } from './scenario.ts';
import type { Step, StepOf } from './step-schema.ts';
import { waitFor } from './wait-for.ts';

/** How long an expectation is waited for that does not say it itself. */
export const GRACE_MS = 5000;

/** When the call was placed. */
export const START: Moment = { atMs: 0, trackMs: 0 };

/** What became of an expectation. */
export interface Looked extends Pick<Outcome, 'passed' | 'found'> {
  /** Where it stands in the scenario, such as `steps[2].expect`. */
  readonly path: string;
  /** The expectation in words. */
  readonly text: string;
}

/** Carries out what the caller does, step by step. */
export class CallerSteps {
  /** What could not be done; a sentence each. */
  readonly problems: string[] = [];
  readonly #steps: readonly Step[];
  readonly #watch: CallWatch;
  readonly #sounds: ReadonlyMap<Step, Recording>;
  /** When the media began; undefined where the call ended before. */
  readonly #began: Promise<Moment | undefined>;
  readonly #looked: Looked[][];
  #begin: Moment = START;
  /** Undefined until there was a step. */
  #heardFrom: Moment | undefined;

  constructor({ steps, start }: Scenario, watch: CallWatch, sounds: ReadonlyMap<Step, Recording>) {
    this.#steps = steps;
    this.#watch = watch;
    this.#sounds = sounds;
    this.#looked = steps.map(() => []);
    this.#began = start === 'answered' ? Promise.resolve(watch.now()) : this.#connected();
  }

  /** The expectations among the steps, in their order. */
  get looked(): readonly Looked[] {
    return this.#looked.flat();
  }

  /** When the media began; undefined where the call ended before. */
  get began(): Promise<Moment | undefined> {
    return this.#began;
  }

  /** Resolves when every step has ended. */
  async carryOut(): Promise<void> {
    let underWay: Promise<void>[] = [];
    for (const [index, step] of this.#steps.entries()) {
      if (step.at === undefined) {
        await Promise.all(underWay);
        underWay = [];
      }
      underWay.push(this.#take(step, index));
    }
    await Promise.all(underWay);
  }

  async #connected(): Promise<Moment | undefined> {
    return (await this.#watch.call.connected()) ? this.#watch.now() : undefined;
  }

  async #take(step: Step, index: number): Promise<void> {
    const needsMedia = step.at !== undefined || isOfMedia(step);
    const began = needsMedia ? await this.#began : undefined;
    if (step.at !== undefined && began) await this.#until(began.atMs + step.at);
    if ('expect' in step) return this.#expect(step, index, began);
    if (needsMedia && !began) return this.#leaveOut(step, index, 'no WebSocket was open');
    if (this.#watch.isOver) return this.#leaveOut(step, index, 'the call was over');

    this.#begin = this.#watch.now();
    this.#heardFrom = this.#begin;
    await this.#perform(step);
    // A caller waits for the answer to what he has said, and to a key from the moment when he presses it.
    if (isOfMedia(step)) this.#heardFrom = this.#watch.now();
  }

  async #perform(step: Exclude<Step, StepOf<'expect'>>): Promise<void> {
    const { call } = this.#watch;
    const sound = this.#sounds.get(step);
    if (sound) await call.say(sound);
    if ('silence' in step) await call.wait(step.silence);
    if ('press' in step) await call.press(step.press, { durationMs: step.hold });
    if ('sayWords' in step) call.sayWords(step.sayWords);
    if ('cutNetwork' in step) await call.cutNetwork(step.cutNetwork);
    if ('resetNetwork' in step) call.resetNetwork();
    if ('hangUp' in step) await call.hangUp();
  }

  async #expect(step: StepOf<'expect'>, index: number, began: Moment | undefined): Promise<void> {
    const from = step.at === undefined ? undefined : this.#watch.now();
    const scope = {
      watch: this.#watch,
      isStep: true,
      begin: from ?? this.#begin,
      heardFrom: from ?? this.#heardFrom ?? began ?? START,
    };
    const graceMs = this.#watch.now().atMs + GRACE_MS;
    // They are looked for all at once, lest one that is waited for long should use up the time of the next.
    const checks = step.expect.map((expected) => checkFor(expected, scope));
    const outcomes = await Promise.all(checks.map((check) => waitFor(check, this.#watch, graceMs)));
    this.#looked[index] = outcomes.map(({ passed, found }, i) => ({
      path: `steps[${index}].expect${step.expect.length > 1 ? `[${i}]` : ''}`,
      text: checks[i]?.text ?? '',
      passed,
      found,
    }));
  }

  /** Silence that nobody hears is no loss, and hanging up a call that is over none either. */
  #leaveOut(step: Step, index: number, why: string): void {
    if ('silence' in step || 'hangUp' in step) return;
    this.problems.push(`steps[${index}]: the caller could not ${describeStep(step)}, as ${why}`);
  }

  async #until(atMs: number): Promise<void> {
    const leftMs = atMs - this.#watch.now().atMs;
    if (leftMs > 0 && !this.#watch.isOver) await this.#watch.call.wait(leftMs);
  }
}

/** Whether it is about sound, so that it waits until the media has begun. */
function isOfMedia(step: Step): boolean {
  if ('expect' in step) return step.expect.some(isHeard);
  return 'say' in step || 'tone' in step || 'silence' in step || 'cutNetwork' in step;
}

export const isHeard = (expected: Expectation): boolean => 'heard' in expected || 'gaps' in expected;
