import type { NotifyAction, TransferAction, WaitAction } from './actions.ts';
import { checkEvents } from './check-events.ts';
import { anySeconds, boolean, jsonObject, legUuids, matching, oneHttpUrl } from './kinds.ts';
import type { ObjectCheck } from './object-check.ts';

const SHORTEST_WAIT_S = 0.1;
const LONGEST_WAIT_S = 7200;
const USUAL_WAIT_S = 10;

const conversationId = matching('a conversation id, which begins with CON-', /^CON-./);

export function checkNotify(check: ObjectCheck): NotifyAction | undefined {
  const payload = check.required('payload', '2.7.1', jsonObject);
  if (!check.has('eventUrl')) check.complainMissing('2.7.1', 'eventUrl', oneHttpUrl.allowed);
  const events = checkEvents(check);
  return payload && events && { action: 'notify', payload, events };
}

export function checkWait(check: ObjectCheck): WaitAction {
  const asked = check.optional('timeout', '2.7.2', anySeconds) ?? USUAL_WAIT_S;
  const timeoutSeconds = Math.min(Math.max(asked, SHORTEST_WAIT_S), LONGEST_WAIT_S);
  if (timeoutSeconds !== asked) {
    const range = `${SHORTEST_WAIT_S} to ${LONGEST_WAIT_S} seconds`;
    check.note('timeout', `${asked} is out of the range of ${range}, so ${timeoutSeconds} is taken`);
  }
  return { action: 'wait', timeoutSeconds };
}

export function checkTransfer(check: ObjectCheck): TransferAction | undefined {
  const id = check.required('conversationId', '2.7.3', conversationId);
  const mute = check.optional('mute', '2.7.3', boolean) ?? false;
  const canSpeak = check.optional('canSpeak', '2.7.3', legUuids);
  const canHear = check.optional('canHear', '2.7.3', legUuids);
  return id === undefined ? undefined : { action: 'transfer', conversationId: id, mute, canSpeak, canHear };
}
