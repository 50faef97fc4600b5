import type { RuleSettings } from '../rules/rule-settings.ts';
import type { Action } from './actions.ts';
import type { Findings } from './complaint.ts';

/** Undefined stands for an action that has been complained of, and of which no more can be said. */
type CheckedActions = readonly (Action | undefined)[];

/** What the actions of one NCCO have to do with each other. */
export function checkOrder(actions: CheckedActions, rules: RuleSettings, findings: Findings): void {
  checkBargeIn(actions, findings);
  noteEndlessPlayback(actions, findings);
  noteAfterWebSocket(actions, rules, findings);
  noteAfterTransfer(actions, findings);
}

/** A talk that keys may cut short needs somebody to take the keys. Of a stream that is advice only. */
function checkBargeIn(actions: CheckedActions, findings: Findings): void {
  const nextButTalk = nextBut(['talk'], actions);
  const nextButPlayback = nextBut(['talk', 'stream'], actions);
  for (const [index, action] of actions.entries()) {
    if (action?.action === 'talk' && action.bargeIn) {
      const next = nextButTalk[index];
      if (next === 'input' || next === undefined) continue;
      const allowed = 'true ahead of input, the first later action that is not talk';
      findings.complain('2.1.4', `[${index}].bargeIn`, `true ahead of ${next}`, allowed);
    }
    if (action?.action === 'stream' && action.bargeIn) {
      const next = nextButPlayback[index];
      if (next === 'input' || next === undefined) continue;
      findings.note(`[${index}].bargeIn`, 'is of no use where no input comes next');
    }
  }
}

/** What comes after each action when these kinds are left out; undefined where nobody can say. */
function nextBut(
  leftOut: readonly Action['action'][],
  actions: CheckedActions,
): readonly (Action['action'] | 'the end' | undefined)[] {
  let next: Action['action'] | 'the end' | undefined = 'the end';
  // From the end, so that each action is looked at once: an answer may have thousands of them.
  const backwards = actions.toReversed().map((action) => {
    const found = next;
    if (action === undefined || !leftOut.includes(action.action)) next = action?.action;
    return found;
  });
  return backwards.reverse();
}

function noteEndlessPlayback(actions: CheckedActions, findings: Findings): void {
  let bargesIn = false;
  for (const [index, action] of actions.slice(0, -1).entries()) {
    if (action?.action === 'input') bargesIn = false;
    if (action?.action !== 'talk' && action?.action !== 'stream') continue;
    bargesIn ||= action.bargeIn;
    if (action.loop === 0 && !bargesIn)
      findings.note(`[${index}].loop`, '0 is for ever: what comes after is never reached');
  }
}

function noteAfterWebSocket(actions: CheckedActions, rules: RuleSettings, findings: Findings): void {
  const index = actions.findIndex((action) => action?.action === 'connect' && action.endpoint.type === 'websocket');
  const connect = actions[index];
  if (connect?.action !== 'connect') return;
  const waits = connect.synchronous || rules.is('2.5.9', 'afterwards');
  const when = waits ? 'when the socket has closed, and keeps the call up till then' : 'while the socket is in use';
  for (let later = index + 1; later < actions.length; later++) {
    findings.note(`[${later}]`, `comes after the websocket connect, so it runs ${when}`);
  }
}

function noteAfterTransfer(actions: CheckedActions, findings: Findings): void {
  const index = actions.findIndex((action) => action?.action === 'transfer');
  if (index >= 0 && index + 1 < actions.length) {
    findings.note(`[${index + 1}]`, 'comes after a transfer, which is the last thing that an NCCO does');
  }
}
