import type { RuleSettings } from '../rules/rule-settings.ts';
import type { Action } from './actions.ts';
import { checkConnect } from './check-connect.ts';
import { checkConversation } from './check-conversation.ts';
import { checkNotify, checkTransfer, checkWait } from './check-flow.ts';
import { checkInput } from './check-input.ts';
import { checkOrder } from './check-order.ts';
import { checkStream, checkTalk } from './check-playback.ts';
import { checkRecord } from './check-record.ts';
import { type Complaint, Findings } from './complaint.ts';
import { oneOf } from './kinds.ts';
import { checkItem, type ObjectCheck } from './object-check.ts';
import { showValue } from './show-value.ts';

export { type Complaint, complaintText } from './complaint.ts';

export interface NccoVerdict {
  /** What production would refuse, each of which ends the call. */
  complaints: Complaint[];
  /** What is allowed and yet seldom meant, a line each that begins with the path of the value. */
  notes: string[];
  /** Defined where there is no complaint; as many as the NCCO has. */
  actions: readonly Action[] | undefined;
}

const actionName = oneOf('talk', 'stream', 'record', 'conversation', 'connect', 'input', 'notify', 'wait', 'transfer');

/**
 * Checks an NCCO as production does before it carries one out, and fills in the defaults.
 *
 * @param ncco any JSON value: the parsed body of an answer, or of the reply to an event.
 */
export function checkNcco(ncco: unknown, rules: RuleSettings): NccoVerdict {
  const findings = new Findings();
  const { complaints, notes } = findings;
  if (!Array.isArray(ncco)) {
    findings.complain('2.0.1', '', showValue(ncco), 'an array of actions');
    return { complaints, notes, actions: undefined };
  }
  const checked = ncco.map((value, index) =>
    checkItem(value, '2.0.1', `[${index}]`, { rules, findings }, (check) => checkAction(check, rules)),
  );
  checkOrder(checked, rules, findings);
  const actions = complaints.length === 0 ? checked.filter((action) => action !== undefined) : undefined;
  return { complaints, notes, actions };
}

function checkAction(check: ObjectCheck, rules: RuleSettings): Action | undefined {
  switch (check.required('action', '2.0.2', actionName)) {
    case 'talk':
      return checkTalk(check, rules);
    case 'stream':
      return checkStream(check);
    case 'record':
      return checkRecord(check);
    case 'conversation':
      return checkConversation(check, rules);
    case 'connect':
      return checkConnect(check, rules);
    case 'input':
      return checkInput(check, rules);
    case 'notify':
      return checkNotify(check);
    case 'wait':
      return checkWait(check);
    case 'transfer':
      return checkTransfer(check);
    case undefined:
      check.passOverRest();
      return undefined;
  }
}
