import type { Check, Scope } from './check.ts';
import type { Expectation } from './expectation-schema.ts';
import type { HeardExpectation } from './heard-schema.ts';
import { problemsCheck, verdictCheck } from './report-checks.ts';
import { echoCheck, gapsCheck, nothingCheck, speechCheck } from './sound-checks.ts';
import { levelCheck, silenceCheck, soundCheck, toneCheck } from './stretch-check.ts';
import { actionCheck, closedCheck, eventCheck, eventsCheck, textCheck } from './wire-checks.ts';

/** Begins to look for what is expected. */
export function checkFor(expected: Expectation, scope: Scope): Check {
  if ('heard' in expected) return heardCheck(expected.heard, scope);
  if ('gaps' in expected) return gapsCheck(expected.gaps, scope);
  if ('event' in expected) return eventCheck(expected.event, scope);
  if ('events' in expected) return eventsCheck(expected.events.answered, scope);
  if ('closed' in expected) return closedCheck(expected.closed, scope);
  if ('text' in expected) return textCheck(expected.text, scope);
  if ('action' in expected) return actionCheck(expected.action, scope);
  return 'verdict' in expected ? verdictCheck(expected.verdict, scope) : problemsCheck(scope);
}

function heardCheck(heard: HeardExpectation, scope: Scope): Check {
  if ('tone' in heard) return toneCheck(heard, scope);
  if ('speech' in heard) return speechCheck(heard, scope);
  if ('sound' in heard) return soundCheck(heard, scope);
  if ('silence' in heard) return silenceCheck(heard, scope);
  if ('nothing' in heard) return nothingCheck(heard, scope);
  return 'echo' in heard ? echoCheck(heard, scope) : levelCheck(heard, scope);
}
