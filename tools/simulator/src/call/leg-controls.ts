import { AnswerError } from '../answer/answer-error.ts';
import { tellOfEachKey } from '../flow/key-events.ts';
import type { OutboundLeg } from '../flow/live-call.ts';
import { gainOf, wordsOf } from '../flow/talk.ts';
import type { Leg } from '../legs/leg.ts';
import type { SampleRateHz } from '../media/audio-format.ts';
import type { FramePlayer } from '../media/frame-player.ts';
import type { LegControl, LegView, PlayedAudio, SpokenText } from '../rest/call-control.ts';
import { shownUrl } from '../webhook/shown-url.ts';
import type { Call } from './call.ts';

/** The legs of a call, as REST takes hold of them: also those that are over. */
export class LegControls {
  readonly #call: Call;
  readonly #outbound: OutboundLegControl[] = [];
  readonly #caller: CallerLegControl;

  constructor(call: Call) {
    this.#call = call;
    this.#caller = new CallerLegControl(call);
  }

  /** Oldest first; none before the call is answered. */
  get all(): readonly LegControl[] {
    return this.#call.callerLeg.answeredAt ? [this.#caller, ...this.#outbound] : [];
  }

  add(leg: OutboundLeg): void {
    this.#outbound.push(new OutboundLegControl(this.#call, leg));
  }
}

abstract class BaseLegControl implements LegControl {
  protected readonly call: Call;
  protected readonly leg: Leg;
  #unsubscribe = () => {};
  /** Aborted when something else is to be played, or nothing. */
  #playing = new AbortController();

  constructor(call: Call, leg: Leg) {
    this.call = call;
    this.leg = leg;
  }

  protected abstract readonly player: FramePlayer | undefined;
  /** Of what is played into the leg. */
  protected abstract readonly sampleRateHz: SampleRateHz;
  abstract hangUp(): void;
  abstract transfer(destination: { readonly ncco: unknown } | { readonly url: string }): void;
  abstract sendDtmf(digits: string): void;

  get view(): LegView {
    return this.leg.view;
  }

  setMuted(muted: boolean): void {
    this.leg.muted = muted;
    this.log(muted ? 'mutes' : 'unmutes');
  }

  setEarmuffed(earmuffed: boolean): void {
    this.leg.earmuffed = earmuffed;
    this.log(earmuffed ? 'earmuffs' : 'unearmuffs');
  }

  playAudio(audio: PlayedAudio): void {
    this.log(`plays ${shownUrl(audio.streamUrl)} to`);
    this.#silence();
    this.call.finish(this.#play(audio, AbortSignal.any([this.#playing.signal, this.call.over])));
  }

  stopAudio(): void {
    this.log('stops the audio of');
    this.#silence();
  }

  talk({ text }: SpokenText): void {
    this.log(`says “${wordsOf(text)}” to`);
  }

  stopTalk(): void {
    this.log('stops the talk to');
  }

  subscribeDtmf(eventUrl: string | undefined): void {
    this.#unsubscribe();
    this.#unsubscribe = () => {};
    if (eventUrl === undefined) return;
    this.#unsubscribe = tellOfEachKey(this.call, this.leg, { url: new URL(eventUrl), method: 'POST' });
  }

  protected log(what: string): void {
    this.call.log.add('rest', `${what} leg ${this.leg.uuid}`);
  }

  #silence(): void {
    this.#playing.abort();
    this.#playing = new AbortController();
    this.player?.stop();
  }

  async #play({ streamUrl, loop, level }: PlayedAudio, stopped: AbortSignal): Promise<void> {
    const { call, player } = this;
    if (!player) return;
    try {
      const sound = await call.platform.sound(streamUrl, stopped);
      const frames = await sound.framesAt(this.sampleRateHz, gainOf(level));
      if (!stopped.aborted) void player.play(frames, loop);
    } catch (error) {
      if (!stopped.aborted) call.findings.problem(`REST stream: ${(error as Error).message}`, '2.2.3');
    }
  }
}

class CallerLegControl extends BaseLegControl {
  constructor(call: Call) {
    super(call, call.callerLeg);
  }

  protected get player(): FramePlayer {
    return this.call.caller.played;
  }

  protected get sampleRateHz(): SampleRateHz {
    return this.call.conversation.sampleRateHz;
  }

  hangUp(): void {
    this.log('hangs up');
    this.call.end('platform');
  }

  transfer(destination: { readonly ncco: unknown } | { readonly url: string }): void {
    this.log('transfers');
    this.call.finish(this.#transfer(destination));
  }

  sendDtmf(digits: string): void {
    this.log(`sends ${digits} to`);
  }

  /** The caller moves away to the new NCCO; the legs of the old one are left with nobody, and end. */
  async #transfer(destination: { readonly ncco: unknown } | { readonly url: string }): Promise<void> {
    const { call } = this;
    const actions =
      'ncco' in destination ? call.checked(destination.ncco, 'the transfer') : await this.#ask(destination.url);
    if (!actions || call.over.aborted) return;
    call.replaceNcco(actions, 'transferred by REST');
    await call.endLegs();
  }

  async #ask(url: string) {
    const { call } = this;
    const { from, to, uuid, conversationUuid } = this.leg.facts;
    const fields = { from, to, uuid, conversation_uuid: conversationUuid };
    const what = 'the URL of the transfer';
    try {
      const question = { url: new URL(url), method: 'GET' as const, fields, what, signal: call.over };
      return (await call.platform.fetchNcco(question, call.findings)).actions;
    } catch (error) {
      if (!(error instanceof AnswerError)) throw error;
      if (!call.over.aborted) call.reportBadNcco(error);
      return undefined;
    }
  }
}

class OutboundLegControl extends BaseLegControl {
  readonly #outbound: OutboundLeg;

  constructor(call: Call, outbound: OutboundLeg) {
    super(call, outbound.leg);
    this.#outbound = outbound;
  }

  protected get player(): FramePlayer | undefined {
    return this.#outbound.socket?.played;
  }

  protected get sampleRateHz(): SampleRateHz {
    return this.#outbound.socket?.sampleRateHz ?? this.call.conversation.sampleRateHz;
  }

  hangUp(): void {
    this.log('hangs up');
    this.call.finish(this.#outbound.end());
  }

  transfer(): void {
    this.call.findings.note('only the leg of the caller can be transferred here', '7.4.3');
  }

  sendDtmf(digits: string): void {
    this.log(`sends ${digits} to`);
    for (const digit of digits.replaceAll('p', '')) this.#outbound.socket?.sendDtmf(digit, 100);
  }
}
