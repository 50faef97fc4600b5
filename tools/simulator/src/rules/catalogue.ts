import { answerRules } from './catalogue-answer.ts';
import { audioRules } from './catalogue-audio.ts';
import { commandRules } from './catalogue-commands.ts';
import { connectRules } from './catalogue-connect.ts';
import { eventRules } from './catalogue-events.ts';
import { inputRules } from './catalogue-input.ts';
import { nccoRules } from './catalogue-ncco.ts';
import { restRules } from './catalogue-rest.ts';
import { signingRules } from './catalogue-signing.ts';
import { socketRules } from './catalogue-socket.ts';
import { socketEndRules } from './catalogue-socket-end.ts';
import type { Rule } from './rule.ts';

/** Everything that is known of Vonage's side of a call, by number. */
export const rules: readonly Rule[] = [
  ...answerRules,
  ...nccoRules,
  ...connectRules,
  ...inputRules,
  ...socketRules,
  ...audioRules,
  ...commandRules,
  ...socketEndRules,
  ...eventRules,
  ...signingRules,
  ...restRules,
];

const byId = new Map(rules.map((rule) => [rule.id, rule]));

export const findRule = (id: string): Rule | undefined => byId.get(id);
