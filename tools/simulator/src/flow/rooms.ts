import { transferred } from '../events/call-event.ts';
import type { Action, ConversationAction, TransferAction, WebhookTarget } from '../ncco/actions.ts';
import type { Room } from '../platform/rooms.ts';
import type { LiveCall } from './live-call.ts';
import { tellOf } from './record.ts';

/** Joins the named conversation, and stays there until the call or the conversation is over. */
export async function conversation(
  action: ConversationAction,
  call: LiveCall,
  replaced: AbortSignal,
): Promise<undefined> {
  call.log.add('action', `conversation: joins “${action.name}”`);
  const room = call.platform.rooms.named(action.name);
  const startedAt = new Date();
  const held = new AbortController();
  const music = action.musicOnHoldUrl === undefined ? undefined : holdMusic(action.musicOnHoldUrl, call, held.signal);
  void room.started.then(() => held.abort());
  if (action.startOnEnter) room.start();
  await stayIn(room, action, action.events, call, replaced);
  held.abort();
  await music;
  if (action.record) tellOf(action, { startedAt, endedAt: new Date(), format: 'mp3' }, call);
  if (action.endOnExit) room.end();
  return undefined;
}

/** Moves the call to another conversation, for good: when that is over, nothing is left to be done. */
export async function transfer(
  action: TransferAction,
  call: LiveCall,
  replaced: AbortSignal,
): Promise<readonly Action[] | undefined> {
  call.log.add('action', `transfer: to ${action.conversationId}`);
  const room = call.platform.rooms.find(action.conversationId);
  if (!room) {
    call.findings.problem(`transfer: there is no conversation ${action.conversationId}`, '2.7.3');
    return undefined;
  }
  await stayIn(room, action, undefined, call, replaced);
  return [];
}

/** Everybody of the call moves, and comes back when it leaves or the conversation ends. */
async function stayIn(
  room: Room,
  { mute, canSpeak, canHear }: Pick<TransferAction, 'mute' | 'canSpeak' | 'canHear'>,
  events: WebhookTarget | undefined,
  call: LiveCall,
  replaced: AbortSignal,
): Promise<void> {
  const { caller, callerLeg } = call;
  const away = AbortSignal.any([replaced, call.over, room.ended]);
  if (away.aborted) return;
  const { promise: hasLeft, resolve } = Promise.withResolvers<void>();
  const wasMuted = callerLeg.muted;
  room.enter();
  if (mute) callerLeg.muted = true;
  caller.canSpeak = canSpeak;
  caller.canHear = canHear;
  // Within the very moment, as an NCCO that takes this one's place begins in it.
  const leave = () => {
    call.conversation.moveHome();
    if (mute) callerLeg.muted = wasMuted;
    caller.canSpeak = undefined;
    caller.canHear = undefined;
    room.leave();
    resolve();
  };
  away.addEventListener('abort', leave, { once: true });
  if (call.platform.rules.is('4.3.4', 'yes')) {
    const event = transferred(call.ids.legUuid, call.ids.conversationUuid, room.conversationUuid, new Date());
    void call.sender.send(event, call.target(events));
  }
  await Promise.race([room.started, hasLeft]);
  if (!away.aborted) call.conversation.moveTo(room.conversation);
  await hasLeft;
}

/** What the caller alone hears until the conversation starts, or he leaves. */
async function holdMusic(url: string, call: LiveCall, ended: AbortSignal): Promise<void> {
  const { played } = call.caller;
  try {
    const sound = await call.platform.sound(url, ended);
    const frames = await sound.framesAt(call.conversation.sampleRateHz);
    if (ended.aborted) return;
    ended.addEventListener('abort', () => played.stop(), { once: true });
    await played.play(frames, 0);
  } catch (error) {
    if (!ended.aborted) call.findings.problem(`conversation: ${(error as Error).message}`, '2.4.2');
  }
}
