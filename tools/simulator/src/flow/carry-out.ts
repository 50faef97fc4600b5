import type { Action } from '../ncco/actions.ts';
import { connect } from './connect.ts';
import { input } from './input.ts';
import type { LiveCall } from './live-call.ts';
import { notify, wait } from './notify.ts';
import { record } from './record.ts';
import { conversation, transfer } from './rooms.ts';
import { stream, talk } from './talk.ts';

/**
 * Carries out one action.
 *
 * @param replaced aborted when another NCCO takes the place of the one that the action is in.
 * @returns fulfilled when the next action may begin, with an NCCO that is to take the place of what is left, if there is one.
 */
export function carryOut(
  action: Action,
  call: LiveCall,
  replaced: AbortSignal,
): Promise<readonly Action[] | undefined> {
  switch (action.action) {
    case 'talk':
      return talk(action, call, replaced);
    case 'stream':
      return stream(action, call, replaced);
    case 'record':
      return record(action, call, replaced);
    case 'conversation':
      return conversation(action, call, replaced);
    case 'connect':
      return connect(action, call, replaced);
    case 'input':
      return input(action, call, replaced);
    case 'notify':
      return notify(action, call);
    case 'wait':
      return wait(action, call, replaced);
    case 'transfer':
      return transfer(action, call, replaced);
  }
}
