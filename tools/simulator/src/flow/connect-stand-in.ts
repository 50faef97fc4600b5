import { AnswerError } from '../answer/answer-error.ts';
import type { Leg } from '../legs/leg.ts';
import { SilentParty } from '../legs/silent-party.ts';
import { DEFAULT_RING_MS, DEFAULT_STAND_IN } from '../legs/stand-in.ts';
import type { ConnectAction } from '../ncco/actions.ts';
import { beginLeg, type CalledEndpoint, type CalledLeg } from './called-leg.ts';
import type { ConnectOutcome } from './connect.ts';
import { type LiveCall, pause } from './live-call.ts';
import { wordsOf } from './talk.ts';

/** Calls a telephone, a SIP address, an app or an extension: a stand-in is there, and does what it was told to. */
export async function connectStandIn(
  action: ConnectAction,
  endpoint: CalledEndpoint,
  call: LiveCall,
  replaced: AbortSignal,
): Promise<ConnectOutcome> {
  const standIn = call.platform.standIns[endpoint.type] ?? DEFAULT_STAND_IN;
  call.log.add('action', `connect: ${endpoint.type}, whose stand-in ${SAYS[standIn.does]}`);
  const called = beginLeg(action, endpoint, call);
  const { leg, ended } = called;
  const failed = (status: string, detail?: string, sipCode?: number) =>
    endUnanswered(called, action, call, status, detail, sipCode);
  leg.started();
  if (standIn.does === 'unavailable') return failed('unanswered', 'unavailable', 480);
  if (standIn.does === 'fails') return failed('failed', 'cannot_route', 404);
  leg.ringing();

  const timeoutMs = action.timeoutSeconds * 1000;
  const ringMs = standIn.does === 'no-answer' ? timeoutMs : (standIn.ringMs ?? DEFAULT_RING_MS);
  const tone = ringbackTone(action, call);
  const hasRung = await pause(Math.min(ringMs, timeoutMs), call.over, replaced, ended);
  tone.stop();
  if (!hasRung) return failed('cancelled');
  if (ringMs >= timeoutMs) return failed('timeout');
  if (standIn.does === 'busy') return failed('busy', undefined, 486);
  if (standIn.does === 'rejects') return failed('rejected', 'declined', 603);

  leg.answered();
  if (endpoint.type === 'phone') {
    if (endpoint.dtmfAnswer !== undefined) call.log.add('leg', `the called party is sent ${endpoint.dtmfAnswer}`);
    if (endpoint.onAnswerUrl !== undefined) await beforeTheyAreJoined(endpoint.onAnswerUrl, called, call);
  }
  if (!tellsOfMachine(action, leg, standIn.does === 'machine')) {
    leg.completed('platform');
    called.done();
    return {};
  }
  return { over: whileItLasts(called, action, standIn.hangsUpAfterMs, call) };
}

const SAYS = {
  answers: 'answers',
  machine: 'is an answering machine',
  busy: 'is busy',
  rejects: 'rejects the call',
  'no-answer': 'does not answer',
  unavailable: 'is not available',
  fails: 'cannot be reached',
} as const;

async function endUnanswered(
  { leg, done }: CalledLeg,
  action: ConnectAction,
  call: LiveCall,
  status: string,
  detail?: string,
  sipCode?: number,
): Promise<ConnectOutcome> {
  call.log.add('leg', `the called party: ${status}`);
  const told = leg.failed(status, detail, sipCode);
  done();
  const reply = action.synchronous && status !== 'cancelled' ? await told : undefined;
  return { ncco: call.nccoInReply(reply, status) };
}

/** What the caller hears while it rings, where the action has something for him. */
function ringbackTone({ ringbackTone: url }: ConnectAction, call: LiveCall): { stop(): void } {
  const { played } = call.caller;
  const stopped = new AbortController();
  const play = async (from: string) => {
    const sound = await call.platform.sound(from, stopped.signal);
    const frames = await sound.framesAt(call.conversation.sampleRateHz);
    if (!stopped.signal.aborted) void played.play(frames, 0);
  };
  if (url !== undefined) {
    call.finish(
      play(url).catch((error: Error) => {
        if (!stopped.signal.aborted) call.findings.problem(`ringbackTone: ${error.message}`, '2.5.4');
      }),
    );
  }
  return {
    stop: () => {
      stopped.abort();
      if (url !== undefined) played.stop();
    },
  };
}

/** The NCCO for the one who is called: its words are shown and their time passes, before the two are joined. */
async function beforeTheyAreJoined(url: string, { leg, ended }: CalledLeg, call: LiveCall): Promise<void> {
  const signal = AbortSignal.any([call.over, ended]);
  try {
    const { actions } = await call.platform.fetchNcco(
      { url: new URL(url), method: 'GET', what: 'the onAnswer URL', fields: legFields(leg), signal },
      call.findings,
    );
    for (const action of actions) {
      if (action.action !== 'talk') continue;
      call.log.add('action', `talk to the one who is called: “${wordsOf(action.text)}”`);
      await pause(call.platform.talkMs(wordsOf(action.text)), signal);
    }
  } catch (error) {
    if (!(error instanceof AnswerError)) throw error;
    if (!signal.aborted) call.reportBadNcco(error);
  }
}

const legFields = ({ facts }: Leg) => ({
  from: facts.from,
  to: facts.to,
  uuid: facts.uuid,
  conversation_uuid: facts.conversationUuid,
});

/** @returns whether the leg goes on. */
function tellsOfMachine({ machineDetection, detectsBeep }: ConnectAction, leg: Leg, isMachine: boolean): boolean {
  if (machineDetection === undefined) return true;
  leg.answeredBy(isMachine ? 'machine' : 'human', isMachine && detectsBeep ? 'beep_start' : undefined);
  return !(isMachine && machineDetection === 'hangup');
}

async function whileItLasts(
  { leg, ended, done }: CalledLeg,
  { limitSeconds }: ConnectAction,
  hangsUpAfterMs: number | undefined,
  call: LiveCall,
): Promise<undefined> {
  const party = new SilentParty(leg);
  const { conversation } = call;
  conversation.join(party);
  const limitMs = limitSeconds * 1000;
  const lastsMs = Math.min(limitMs, hangsUpAfterMs ?? limitMs);
  const hasPassed = await pause(lastsMs, ended, call.over);
  conversation.leave(party);
  leg.completed(hasPassed && hangsUpAfterMs === lastsMs ? 'user' : 'platform');
  done();
  return undefined;
}
