import type { RuleSettings } from '../rules/rule-settings.ts';
import type { InputAction } from './actions.ts';
import { checkEvents } from './check-events.ts';
import {
  arrayOf,
  arrayOfOne,
  boolean,
  jsonObject,
  type Kind,
  languageTag,
  noneOrOneHttpUrl,
  number,
  oneOf,
  seconds,
  text,
  wholeNumber,
} from './kinds.ts';
import type { ObjectCheck } from './object-check.ts';

type InputType = 'dtmf' | 'speech';
type Dtmf = NonNullable<InputAction['dtmf']>;
type Speech = NonNullable<InputAction['speech']>;

const inputType = arrayOf(oneOf('dtmf', 'speech'), 'dtmf, speech or both');
const inputTypes: Kind<readonly InputType[]> = {
  allowed: inputType.allowed,
  accepts: (value): value is readonly InputType[] =>
    inputType.accepts(value) && value.length > 0 && new Set(value).size === value.length,
};

/** The settings of dtmf, by their older place in the action itself. */
const DTMF_KEYS = ['timeOut', 'maxDigits', 'submitOnHash'];

const defaultDtmf: Dtmf = { timeOutSeconds: 3, maxDigits: 4, submitOnHash: false };
const defaultSpeech: Speech = {
  endOnSilenceSeconds: 2,
  startTimeoutSeconds: 10,
  maxDurationSeconds: 60,
  saveAudio: false,
};

export function checkInput(check: ObjectCheck, rules: RuleSettings): InputAction | undefined {
  const types = check.has('type') ? check.required('type', '2.6.1', inputTypes) : typesOfOldForm(check, rules);
  const dtmfIsOutside = types !== undefined && !check.has('type') && !check.has('dtmf');
  const mode = check.optional('mode', '2.6.6', oneOf('synchronous', 'asynchronous')) ?? 'synchronous';
  const asynchronous = mode === 'asynchronous';
  const dtmf = dtmfIsOutside
    ? checkDtmf(check, rules)
    : (check.inside('dtmf', '2.6.2', (inner) => checkDtmf(inner, rules)) ?? defaultDtmf);
  const speech = check.inside('speech', '2.6.4', (inner) => checkSpeech(inner, rules)) ?? defaultSpeech;
  const events = checkEvents(check, noneOrOneHttpUrl);
  if (asynchronous) checkAsynchronous(check, types, dtmfIsOutside ? DTMF_KEYS : ['dtmf']);
  notePassedOver(check, types, dtmfIsOutside);
  if (types === undefined) return undefined;
  return {
    action: 'input',
    dtmf: types.includes('dtmf') ? dtmf : undefined,
    speech: types.includes('speech') ? speech : undefined,
    asynchronous,
    events,
  };
}

/** What an input waits for that does not say so. */
function typesOfOldForm(check: ObjectCheck, rules: RuleSettings): readonly InputType[] | undefined {
  if (rules.is('2.6.8', 'refused')) {
    check.complainMissing('2.6.8', 'type', inputTypes.allowed);
    return undefined;
  }
  const types: InputType[] = check.has('speech') ? ['dtmf', 'speech'] : ['dtmf'];
  check.note('type', `is missing, as in references before 2021, and is taken for ${JSON.stringify(types)}`);
  return types;
}

function checkDtmf(check: ObjectCheck, rules: RuleSettings): Dtmf {
  const mostDigits = Number(rules.value('2.6.3'));
  return {
    timeOutSeconds: check.optional('timeOut', '2.6.2', seconds(0, 10)) ?? defaultDtmf.timeOutSeconds,
    maxDigits: check.optional('maxDigits', '2.6.3', wholeNumber(1, mostDigits)) ?? defaultDtmf.maxDigits,
    submitOnHash: check.optional('submitOnHash', '2.6.2', boolean) ?? defaultDtmf.submitOnHash,
  };
}

/** What is said is given to the simulator as words, so the keys that tell how to recognise it make no difference here. */
function checkSpeech(check: ObjectCheck, rules: RuleSettings): Speech {
  check.optional('uuid', '2.6.4', arrayOfOne(text));
  check.optional('language', '2.6.4', languageTag);
  check.optional('context', '2.6.4', arrayOf(text, 'texts'));
  check.optional('sensitivity', '2.6.4', number(10, 100));
  check.optional('provider', '2.6.4', text);
  check.optional('providerOptions', '2.6.4', jsonObject);
  const longestStart = Number(rules.value('2.6.5'));
  return {
    endOnSilenceSeconds: check.optional('endOnSilence', '2.6.4', seconds(0.4, 10)) ?? defaultSpeech.endOnSilenceSeconds,
    startTimeoutSeconds:
      check.optional('startTimeout', '2.6.5', seconds(1, longestStart)) ?? defaultSpeech.startTimeoutSeconds,
    maxDurationSeconds: check.optional('maxDuration', '2.6.4', seconds(1, 60)) ?? defaultSpeech.maxDurationSeconds,
    saveAudio: check.optional('saveAudio', '2.6.4', boolean) ?? defaultSpeech.saveAudio,
  };
}

/** An asynchronous input hears keys only, each by itself, so there is nothing to set. */
function checkAsynchronous(
  check: ObjectCheck,
  types: readonly InputType[] | undefined,
  dtmfKeys: readonly string[],
): void {
  if (types?.includes('speech')) {
    check.complain('2.6.6', 'type', JSON.stringify(types), '["dtmf"], the only type of an asynchronous input');
  }
  for (const key of dtmfKeys) if (check.has(key)) check.complainBeside('2.6.6', key, 'the mode asynchronous');
}

function notePassedOver(check: ObjectCheck, types: readonly InputType[] | undefined, dtmfIsOutside: boolean): void {
  for (const type of ['dtmf', 'speech'] as const) {
    if (types && !types.includes(type) && check.has(type))
      check.note(type, `is passed over: type does not name ${type}`);
  }
  for (const key of DTMF_KEYS) {
    if (!dtmfIsOutside && check.has(key)) check.note(key, 'is passed over here: its place is in dtmf');
  }
}
