import { randomUUID } from 'node:crypto';
import { type CollectedInput, collected } from '../events/call-event.ts';
import type { Action, InputAction } from '../ncco/actions.ts';
import { tellOfEachKey } from './key-events.ts';
import { type LiveCall, pause } from './live-call.ts';

/** Takes keys and words of the caller, and tells the application of them; its reply may hold the next NCCO. */
export async function input(
  action: InputAction,
  call: LiveCall,
  replaced: AbortSignal,
): Promise<readonly Action[] | undefined> {
  call.log.add(
    'action',
    `input: waits for ${[action.dtmf && 'keys', action.speech && 'words'].filter(Boolean).join(' or ')}`,
  );
  call.announcer.endBargeIn();
  if (action.asynchronous) {
    listenForKeys(action, call, replaced);
    return undefined;
  }
  const what = await collect(action, call, AbortSignal.any([replaced, call.over]));
  if (!what) return undefined;
  call.log.add('action', `input: got ${shown(what)}`);
  const isSwapped = call.platform.rules.is('4.2.9', 'swapped');
  const event = collected(call.callerLeg.facts, what, isSwapped, new Date());
  const reply = await call.sender.send(event, call.target(action.events), 'ncco');
  return call.nccoInReply(reply, 'input');
}

/** What an input action has got, in words. */
function shown({ dtmf, speech }: CollectedInput): string {
  const words = (speech?.results as { text: string }[] | undefined)?.map(({ text }) => `“${text}”`) ?? [];
  if (words.length > 0) return words.join(', ');
  if (dtmf?.digits) return `the keys ${dtmf.digits}`;
  return 'nothing in time';
}

/** Each key is an event of its own, until the call is over or another NCCO takes the place of this one. */
function listenForKeys(action: InputAction, call: LiveCall, replaced: AbortSignal): void {
  const unlisten = tellOfEachKey(call, call.callerLeg, call.target(action.events));
  AbortSignal.any([replaced, call.over]).addEventListener('abort', unlisten, { once: true });
}

/** @returns what was collected, or undefined where the call went another way meanwhile. */
async function collect(
  { dtmf, speech }: InputAction,
  call: LiveCall,
  away: AbortSignal,
): Promise<CollectedInput | undefined> {
  if (away.aborted) return undefined;
  const { promise, resolve } = Promise.withResolvers<CollectedInput | undefined>();
  const done = new AbortController();
  const finish = (input: CollectedInput | undefined) => {
    resolve(input);
    done.abort();
  };
  away.addEventListener('abort', () => finish(undefined), { once: true, signal: done.signal });
  if (dtmf) collectKeys(dtmf, call, done.signal, (keys) => finish({ dtmf: keys, speech: speech && { results: [] } }));
  if (speech) {
    const noKeys = dtmf && { digits: null, timed_out: false };
    recogniseWords(speech, call, done.signal, (words) => finish({ dtmf: noKeys, speech: words }));
  }
  return promise;
}

/** The time for the first key runs from the end of the prompt, and is of no matter to somebody who speaks. */
function collectKeys(
  { timeOutSeconds, maxDigits, submitOnHash }: NonNullable<InputAction['dtmf']>,
  call: LiveCall,
  done: AbortSignal,
  finish: (keys: { digits: string | null; timed_out: boolean }) => void,
): void {
  let digits = '';
  let hasBegun = false;
  let timer: NodeJS.Timeout | undefined;
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(() => finish({ digits: digits || null, timed_out: true }), timeOutSeconds * 1000);
  };
  const unlisten = call.keys.listen((digit) => {
    hasBegun = true;
    const isSubmit = submitOnHash && digit === '#';
    if (!isSubmit) digits += digit;
    if (isSubmit || digits.length >= maxDigits) finish({ digits, timed_out: false });
    else restart();
  });
  const unsubscribe = call.words.listen(() => {
    hasBegun = true;
    clearTimeout(timer);
  });
  done.addEventListener('abort', () => {
    clearTimeout(timer);
    unlisten();
    unsubscribe();
  });
  void call.announcer.quiet.then(() => {
    if (!hasBegun && !done.aborted) restart();
  });
}

/** Of an answer in words: how sure the recognition is. */
const CONFIDENCE = '0.9';

function recogniseWords(
  speech: NonNullable<InputAction['speech']>,
  call: LiveCall,
  done: AbortSignal,
  finish: (speech: Readonly<Record<string, unknown>>) => void,
): void {
  const said: string[] = [];
  let silence = new AbortController();
  const submit = (reason: string) => {
    const results = said.length === 0 ? [] : [{ text: said.join(' '), confidence: CONFIDENCE }];
    const saved = speech.saveAudio && { recording_url: `${call.platform.regionUrl}/v1/files/${randomUUID()}` };
    finish({ timeout_reason: reason, results, ...saved });
  };
  const after = async (seconds: number, reason: string, ...signals: AbortSignal[]) => {
    if (await pause(seconds * 1000, done, ...signals)) submit(reason);
  };
  const begun = new AbortController();
  const unlisten = call.words.recognise((text) => {
    if (said.length === 0) void after(speech.maxDurationSeconds, 'max_duration');
    begun.abort();
    silence.abort();
    silence = new AbortController();
    said.push(text);
    void after(speech.endOnSilenceSeconds, 'end_on_silence_timeout', silence.signal);
  });
  done.addEventListener('abort', unlisten);
  void call.announcer.quiet.then(() => after(speech.startTimeoutSeconds, 'start_timeout', begun.signal));
}
