import type { RuleSettings } from '../rules/rule-settings.ts';
import type { AppEndpoint, Endpoint, PhoneEndpoint, SipEndpoint, VbcEndpoint } from './actions.ts';
import { checkWebSocket } from './check-websocket.ts';
import { httpUrl, jsonObject, matching, oneOf, text } from './kinds.ts';
import type { ObjectCheck } from './object-check.ts';

const endpointType = oneOf('phone', 'app', 'websocket', 'sip', 'vbc');
export const phoneNumber = matching('a phone number of 7 to 15 digits and nothing else', /^\d{7,15}$/);
/** `p` is a pause of half a second. */
const sentKeys = matching('a text of the keys 0-9, * and #, and p for a pause', /^[0-9*#p]+$/);
const sipUri = matching('a sip: or sips: address', /^sips?:\S+$/i);

export function checkEndpoint(check: ObjectCheck, rules: RuleSettings): Endpoint | undefined {
  switch (check.required('type', '2.5.1', endpointType)) {
    case 'phone':
      return checkPhone(check);
    case 'app':
      return checkApp(check);
    case 'websocket':
      return checkWebSocket(check, rules);
    case 'sip':
      return checkSip(check);
    case 'vbc':
      return checkVbc(check);
    case undefined:
      check.passOverRest();
      return undefined;
  }
}

function checkPhone(check: ObjectCheck): PhoneEndpoint | undefined {
  const number = check.required('number', '2.5.17', phoneNumber);
  const dtmfAnswer = check.optional('dtmfAnswer', '2.5.17', sentKeys);
  const onAnswerUrl = check.inside('onAnswer', '2.5.17', checkOnAnswer);
  check.optional('shaken', '2.5.17', text);
  return number === undefined ? undefined : { type: 'phone', number, dtmfAnswer, onAnswerUrl };
}

function checkOnAnswer(check: ObjectCheck): string | undefined {
  check.optional('ringbackTone', '2.5.17', httpUrl);
  if (check.optional('ringback', '2.5.17', httpUrl) !== undefined) {
    check.note('ringback', 'is the older name of ringbackTone');
  }
  return check.required('url', '2.5.17', httpUrl);
}

function checkApp(check: ObjectCheck): AppEndpoint | undefined {
  const user = check.required('user', '2.5.18', text);
  return user === undefined ? undefined : { type: 'app', user };
}

function checkSip(check: ObjectCheck): SipEndpoint | undefined {
  const uri = checkSipUri(check);
  check.optional('headers', '2.5.19', jsonObject);
  check.inside('standardHeaders', '2.5.19', (inner) => inner.optional('User-to-User', '2.5.19', text));
  return uri === undefined ? undefined : { type: 'sip', uri };
}

/** `uri`, or `domain` and `user` in its place. */
function checkSipUri(check: ObjectCheck): string | undefined {
  if (!check.has('domain') && !check.has('user')) {
    if (check.has('uri')) return check.required('uri', '2.5.19', sipUri);
    check.complainMissing('2.5.19', 'uri', `${sipUri.allowed}, or replaced by domain and user`);
    return undefined;
  }
  if (check.has('uri')) check.complainBeside('2.5.19', 'uri', 'domain and user');
  const domain = check.required('domain', '2.5.19', text);
  const user = check.required('user', '2.5.19', text);
  return domain === undefined || user === undefined ? undefined : `sip:${user}@${domain}`;
}

function checkVbc(check: ObjectCheck): VbcEndpoint | undefined {
  const extension = check.required('extension', '2.5.20', text);
  return extension === undefined ? undefined : { type: 'vbc', extension };
}
