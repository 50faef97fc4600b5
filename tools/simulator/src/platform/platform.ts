import { AnswerError } from '../answer/answer-error.ts';
import { fetchNcco, type NccoAnswer, type NccoQuestion } from '../answer/fetch-ncco.ts';
import type { Findings } from '../call/findings.ts';
import type { EventDelays, EventTarget } from '../events/event-sender.ts';
import type { StandIns } from '../legs/stand-in.ts';
import type { SampleRateHz } from '../media/audio-format.ts';
import { FrameClock } from '../media/frame-clock.ts';
import type { WebSocketEndpoint } from '../ncco/actions.ts';
import { RuleSettings } from '../rules/rule-settings.ts';
import { WebhookSigner } from '../signing/webhook-signer.ts';
import { WebhookClient } from '../webhook/webhook-client.ts';
import { checkOptions, type SimulatorOptions, usualEventUrl, webUrl } from './options.ts';
import { Rooms } from './rooms.ts';
import { type Sound, Sounds } from './sounds.ts';

const USUAL_TALK_CHARACTERS_A_SECOND = 15;
/** A data centre's, where there is no stand-in of the REST API. */
const REGION_URL = 'https://api-us-3.vonage.com';

/** Paces every call of this process. */
const frameClock = new FrameClock();

/** Vonage's side of every call of one application: its settings, and what all calls share. */
export class Platform {
  readonly answerUrl: URL;
  readonly fallbackUrl: URL | undefined;
  readonly answerMethod: 'GET' | 'POST';
  readonly applicationEvents: EventTarget;
  readonly rules: RuleSettings;
  readonly client: WebhookClient;
  readonly standIns: StandIns;
  readonly eventDelays: EventDelays;
  readonly sampleRateHz: SampleRateHz | undefined;
  readonly expectsEcho: boolean;
  readonly clock = frameClock;
  readonly rooms = new Rooms(frameClock);
  /** The origin of REST, as the answer webhook names it. */
  regionUrl = REGION_URL;

  readonly #sounds = new Sounds();
  readonly #signer: WebhookSigner | undefined;
  readonly #talkCharactersPerSecond: number;

  /** @throws {TypeError | RangeError} where an option is none that can be had. */
  constructor(options: SimulatorOptions) {
    checkOptions(options);
    this.answerUrl = webUrl('answerUrl', options.answerUrl);
    const eventUrl = webUrl('eventUrl', options.eventUrl ?? usualEventUrl(this.answerUrl));
    this.applicationEvents = { url: eventUrl, method: options.eventMethod ?? 'POST' };
    this.fallbackUrl = options.fallbackUrl === undefined ? undefined : webUrl('fallbackUrl', options.fallbackUrl);
    this.answerMethod = options.answerMethod ?? 'GET';
    this.rules = options.rules ?? new RuleSettings();
    this.standIns = options.standIns ?? {};
    this.eventDelays = options.eventDelays ?? {};
    this.sampleRateHz = options.sampleRateHz;
    this.expectsEcho = options.expectsEcho ?? false;
    this.#talkCharactersPerSecond = options.talkCharactersPerSecond ?? USUAL_TALK_CHARACTERS_A_SECOND;
    this.#signer = options.signing && new WebhookSigner(options.signing, this.rules);
    this.client = new WebhookClient(this.rules, options.limits ?? {}, this.#signer);
  }

  readonly now = (): number => this.clock.now();

  /** How long it takes to say the words, ms. */
  talkMs(words: string): number {
    return (words.length / this.#talkCharactersPerSecond) * 1000;
  }

  /** The sound file at an address, for one who plays it until the signal is aborted. */
  sound(url: string, signal: AbortSignal): Promise<Sound> {
    return this.#sounds.get(url, signal);
  }

  /** @throws {AnswerError} */
  async fetchNcco(question: NccoQuestion, findings: Findings): Promise<NccoAnswer> {
    const answer = await fetchNcco(question, this.client, this.rules);
    for (const note of answer.notes) findings.note(note);
    if (answer.attempts > 1) {
      findings.note(`${question.what} was asked ${answer.attempts} times before it replied as it should`, '1.3.4');
    }
    return answer;
  }

  /**
   * Asks the answer URL and, where it fails, the fallback URL.
   *
   * @param onFailure called with each failure but the last one, which is thrown.
   * @throws {AnswerError} where there is no NCCO that can be carried out.
   */
  async answer(
    fields: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
    findings: Findings,
    onFailure: (error: AnswerError) => void,
  ): Promise<NccoAnswer> {
    const question = { url: this.answerUrl, method: this.answerMethod, fields, what: 'the answer URL', signal };
    try {
      return await this.fetchNcco(question, findings);
    } catch (error) {
      if (!(error instanceof AnswerError) || !this.fallbackUrl || signal.aborted) throw error;
      onFailure(error);
      const why = { reason: error.message, original_request: { url: this.answerUrl.href, type: 'answer' } };
      const fallback = { ...question, url: this.fallbackUrl, fields: { ...fields, ...why }, what: 'the fallback URL' };
      return await this.fetchNcco(fallback, findings);
    }
  }

  /** The Authorization header of a socket's upgrade, where the endpoint asks for one. */
  async socketAuthorization({ authorization }: WebSocketEndpoint, findings: Findings): Promise<string | undefined> {
    if (authorization?.type !== 'vonage') return authorization?.value;
    if (this.#signer) return this.#signer.forSocket();
    findings.note(
      'without a signature secret the socket is opened without the token that its endpoint asks for',
      '5.4.1',
    );
    return undefined;
  }

  close(): void {
    this.rooms.close();
    this.#sounds.close();
  }
}
