import type { RuleSettings } from '../rules/rule-settings.ts';
import type { ConnectAction, Endpoint } from './actions.ts';
import { checkEndpoint, phoneNumber } from './check-endpoint.ts';
import { checkEvents } from './check-events.ts';
import { checkMachineDetection } from './check-machine-detection.ts';
import { boolean, oneOf, positiveSeconds, seconds, text, urlOrArray } from './kinds.ts';
import { noteMisplacedAuthorization } from './misplaced-token.ts';
import type { ObjectCheck } from './object-check.ts';

export function checkConnect(check: ObjectCheck, rules: RuleSettings): ConnectAction | undefined {
  const endpoint = check.insideOnlyOne('endpoint', '2.5.1', (inner) => checkEndpoint(inner, rules));
  const timeout = rules.is('2.5.4', 'any') ? positiveSeconds : seconds(3, 7200);
  const settings = {
    ...checkCaller(check, endpoint?.type),
    synchronous: check.optional('eventType', '2.5.3', oneOf('synchronous')) !== undefined,
    timeoutSeconds: check.optional('timeout', '2.5.4', timeout) ?? 60,
    limitSeconds: check.optional('limit', '2.5.5', seconds(1, 7200)) ?? 7200,
    ...checkMachineDetection(check, rules),
    events: checkEvents(check),
    ringbackTone: checkRingbackTone(check),
  };
  if (endpoint?.type === 'websocket' && check.has('ringbackTone')) {
    check.note('ringbackTone', 'is hardly heard: a websocket does not ring');
  }
  noteMisplacedAuthorization(check);
  return endpoint && { action: 'connect', endpoint, ...settings };
}

/** The SDK for Python has it as an array. */
function checkRingbackTone(check: ObjectCheck): string | undefined {
  const tone = check.optional('ringbackTone', '2.5.4', urlOrArray);
  if (typeof tone !== 'object') return tone;
  check.note('ringbackTone', 'is an array; the reference has the address alone');
  return tone[0];
}

type Caller = Pick<ConnectAction, 'from' | 'randomFromNumber'>;

function checkCaller(check: ObjectCheck, endpointType: Endpoint['type'] | undefined): Caller {
  const from = check.optional('from', '2.5.2', text);
  const randomFromNumber = check.optional('randomFromNumber', '2.5.2', boolean) ?? false;
  if (randomFromNumber && check.has('from')) check.complainBeside('2.5.2', 'from', 'randomFromNumber');
  if (endpointType === 'phone' && !check.has('from') && !randomFromNumber) {
    check.note('from', 'is missing, so the one who is called sees an unknown caller; some SDKs refuse that');
  }
  if (endpointType === 'phone' && from !== undefined && !phoneNumber.accepts(from)) {
    check.note('from', 'is no number of digits alone, so the one who is called sees an unknown caller');
  }
  if (endpointType === 'app' && from !== undefined) check.note('from', 'is left out as a rule when an app is called');
  return { from, randomFromNumber };
}
