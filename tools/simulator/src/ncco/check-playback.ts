import type { RuleSettings } from '../rules/rule-settings.ts';
import type { StreamAction, TalkAction } from './actions.ts';
import { boolean, jsonObject, languageTag, number, oneHttpUrl, text, wholeNumber } from './kinds.ts';
import type { ObjectCheck } from './object-check.ts';

const TALK_LIMIT_CHARACTERS = 1500;

/** Begins with a letter, so that "1 < 2" has none. */
const TAG = /<\/?[a-z][^<>]*>/gi;
const SSML_TAG =
  /<\/?(?:speak|audio|break|emphasis|lang|mark|media|p|par|phoneme|prosody|s|say-as|seq|sub|voice|w|[a-z]+:[a-z-]+)(?:[\s/][^<>]*)?>/i;
const WRAPPED = /^\s*(?:<\?xml[^<>]*>\s*)?<speak(?:\s[^<>]*)?>[\s\S]*<\/speak>\s*$/i;

export function checkTalk(check: ObjectCheck, rules: RuleSettings): TalkAction | undefined {
  const spoken = check.required('text', '2.1.1', text);
  if (spoken !== undefined) checkSpoken(check, spoken);
  const bargeIn = check.optional('bargeIn', '2.1.3', boolean) ?? false;
  const loop = check.optional('loop', '2.1.5', wholeNumber(0)) ?? 1;
  const level = check.optional('level', '2.1.6', number(-1, 1)) ?? 0;
  if (!isTenth(level)) check.note('level', `${level} is between two steps of 0.1`);
  const language = check.optional('language', '2.1.7', languageTag) ?? 'en-US';
  const style = check.optional('style', '2.1.7', wholeNumber(0)) ?? 0;
  const premium = check.optional('premium', '2.1.7', boolean) ?? false;
  checkProvider(check, rules);
  if (check.optional('voiceName', '2.1.7', text) !== undefined) {
    check.note('voiceName', 'is deprecated; language and style choose the voice');
  }
  return spoken === undefined
    ? undefined
    : { action: 'talk', text: spoken, bargeIn, loop, level, language, style, premium };
}

export function checkStream(check: ObjectCheck): StreamAction | undefined {
  const streamUrl = check.required('streamUrl', '2.2.1', oneHttpUrl)?.[0];
  const bargeIn = check.optional('bargeIn', '2.2.2', boolean) ?? false;
  const loop = check.optional('loop', '2.2.2', wholeNumber(0)) ?? 1;
  const level = check.optional('level', '2.2.2', number(-1, 1)) ?? 0;
  return streamUrl === undefined ? undefined : { action: 'stream', streamUrl, bargeIn, loop, level };
}

function checkSpoken(check: ObjectCheck, spoken: string): void {
  const characters = [...spoken.replaceAll(TAG, '')].length;
  if (characters > TALK_LIMIT_CHARACTERS) {
    const allowed = `one of at most ${TALK_LIMIT_CHARACTERS}, tags not counted`;
    check.complain('2.1.2', 'text', `a text of ${characters} characters`, allowed);
  }
  const tag = SSML_TAG.exec(spoken)?.[0];
  if (tag !== undefined && !WRAPPED.test(spoken)) {
    check.complain('2.1.9', 'text', `a text with the tag ${tag}`, 'wrapped in <speak> and </speak>');
  }
}

/** The two choose another maker's voice. Whose it is makes no difference here, where nothing is spoken aloud. */
function checkProvider(check: ObjectCheck, rules: RuleSettings): void {
  const provider = check.optional('provider', '2.1.8', text);
  check.optional('providerOptions', '2.1.8', jsonObject);
  if (provider !== undefined && provider !== 'google') check.note('provider', 'is another one than google');
  if (!rules.is('2.1.8', 'together') || check.has('provider') === check.has('providerOptions')) return;
  if (check.has('provider')) check.complainMissing('2.1.8', 'providerOptions', 'an object beside provider');
  else check.complainMissing('2.1.8', 'provider', 'a text beside providerOptions');
}

const isTenth = (level: number): boolean => Math.abs(level * 10 - Math.round(level * 10)) < 1e-9;
