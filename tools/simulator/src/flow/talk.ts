import type { StreamAction, TalkAction } from '../ncco/actions.ts';
import { shownUrl } from '../webhook/shown-url.ts';
import { type LiveCall, pause } from './live-call.ts';

/** Talks: nothing is to be heard of it, but its time passes and the words are shown. */
export async function talk(action: TalkAction, call: LiveCall, replaced: AbortSignal): Promise<undefined> {
  const words = wordsOf(action.text);
  const ms = action.loop === 0 ? Number.POSITIVE_INFINITY : call.platform.talkMs(words) * action.loop;
  call.log.add('action', `talk: “${words}”`);
  await play(action, call, (stopped) => pause(ms, replaced, call.over, stopped));
  return undefined;
}

/** Plays a sound file from its address to everybody in the conversation. */
export async function stream(action: StreamAction, call: LiveCall, replaced: AbortSignal): Promise<undefined> {
  call.log.add('action', `stream: ${shownUrl(action.streamUrl)}`);
  const away = AbortSignal.any([replaced, call.over]);
  const frames = await call.platform
    .sound(action.streamUrl, away)
    .then((sound) => sound.framesAt(call.conversation.sampleRateHz, gainOf(action.level)))
    .catch((error: Error) => {
      if (!away.aborted) call.findings.problem(`stream: ${error.message}`, '2.2.3');
      return undefined;
    });
  if (!frames || away.aborted) return undefined;
  await play(action, call, async (stopped) => {
    const stop = () => call.announcer.player.stop();
    const whenStopped = AbortSignal.any([away, stopped]);
    if (whenStopped.aborted) return;
    whenStopped.addEventListener('abort', stop, { once: true });
    await call.announcer.player.play(frames, action.loop);
    whenStopped.removeEventListener('abort', stop);
  });
  return undefined;
}

/**
 * With barge-in the next actions go on meanwhile, and the first key or word of the caller ends it; so it is with all that is
 * played from then on until the input.
 */
async function play(
  { bargeIn }: { readonly bargeIn: boolean },
  call: LiveCall,
  start: (stopped: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const { announcer, keys, words } = call;
  if (!bargeIn && !announcer.isBargeInOn) {
    await start(NEVER);
    return;
  }
  const { stop, over } = announcer.playBeside(start);
  const unlisten = keys.listen(stop);
  const unsubscribe = words.listen(stop);
  call.keepAlive(
    over.finally(() => {
      unlisten();
      unsubscribe();
    }),
  );
}

const NEVER = new AbortController().signal;

/** Without its SSML tags. */
export const wordsOf = (text: string): string => text.replaceAll(/<\/?[a-z][^<>]*>/gi, '').trim();

/** `level` runs from -1, nothing to be heard, over 0, as it is, to 1. */
export const gainOf = (level: number): number => 1 + level;
