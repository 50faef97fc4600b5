import type { RuleSettings } from '../rules/rule-settings.ts';
import type { ConversationAction } from './actions.ts';
import { checkEvents, checkTranscription } from './check-events.ts';
import { boolean, httpUrl, type Kind, legUuids, oneHttpUrl, text, urlOrArray } from './kinds.ts';
import type { ObjectCheck } from './object-check.ts';

const musicKinds: Readonly<Record<'array' | 'string' | 'either', Kind<string | readonly [string]>>> = {
  array: oneHttpUrl,
  string: httpUrl,
  either: urlOrArray,
};

export function checkConversation(check: ObjectCheck, rules: RuleSettings): ConversationAction | undefined {
  const name = check.required('name', '2.4.1', text);
  const music = check.optional('musicOnHoldUrl', '2.4.2', musicKinds[rules.value('2.4.2')]);
  const record = check.optional('record', '2.4.3', boolean);
  const canSpeak = check.optional('canSpeak', '2.4.4', legUuids);
  const mute = check.optional('mute', '2.4.4', boolean) ?? false;
  if (mute && check.has('canSpeak')) check.complainBeside('2.4.4', 'mute', 'canSpeak');
  const settings = {
    musicOnHoldUrl: typeof music === 'object' ? music[0] : music,
    startOnEnter: check.optional('startOnEnter', '2.4.3', boolean) ?? true,
    endOnExit: check.optional('endOnExit', '2.4.3', boolean) ?? false,
    record: record ?? false,
    canSpeak,
    canHear: check.optional('canHear', '2.4.4', legUuids),
    mute,
    events: checkEvents(check),
    transcription: checkConversationTranscription(check, record),
  };
  return name === undefined ? undefined : { action: 'conversation', name, ...settings };
}

function checkConversationTranscription(
  check: ObjectCheck,
  record: boolean | undefined,
): ConversationAction['transcription'] {
  if (check.has('transcription')) {
    const asked = 'true, as transcription asks for it';
    if (!check.has('record')) check.complainMissing('2.4.5', 'record', asked);
    if (record === false) check.complain('2.4.5', 'record', 'false', asked);
  }
  return checkTranscription(check, '2.4.5');
}
