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
import { isNestedTooDeep, MOST_LEVELS } from './nesting.ts';
import { checkItem, type ObjectCheck } from './object-check.ts';
import { showValue } from './show-value.ts';

export { type Complaint, complaintText } from './complaint.ts';

export interface NccoVerdict {
  /** What production would refuse, each of which ends the call: the first 100. */
  complaints: Complaint[];
  /** What is allowed and yet seldom meant, a line each that begins with the path of the value: the first 100, and that there are more. */
  notes: string[];
  /** Defined where there is no complaint; as many as the NCCO has. */
  actions: readonly Action[] | undefined;
}

const actionName = oneOf('talk', 'stream', 'record', 'conversation', 'connect', 'input', 'notify', 'wait', 'transfer');

/** More complaints than these are of use to nobody: the check ends there. Of the notes, so many are kept. */
const MOST_FINDINGS = 100;

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
  if (isNestedTooDeep(ncco)) {
    findings.complain('2.0.1', '', `a document of more than ${MOST_LEVELS} levels`, 'an array of actions');
    return { complaints, notes, actions: undefined };
  }
  const checked: (Action | undefined)[] = [];
  for (const [index, value] of ncco.entries()) {
    if (complaints.length >= MOST_FINDINGS) break;
    checked.push(checkItem(value, '2.0.1', `[${index}]`, { rules, findings }, (check) => checkAction(check, rules)));
  }
  const isThrough = checked.length === ncco.length;
  if (isThrough) checkOrder(checked, rules, findings);
  const actions = complaints.length === 0 ? checked.filter((action) => action !== undefined) : undefined;
  if (isThrough && complaints.length <= MOST_FINDINGS && notes.length <= MOST_FINDINGS) {
    return { complaints, notes, actions };
  }
  return {
    complaints: complaints.slice(0, MOST_FINDINGS),
    notes: [
      ...notes.slice(0, MOST_FINDINGS),
      `the NCCO: there is more than this, of which the first ${MOST_FINDINGS} are told`,
    ],
    actions,
  };
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
