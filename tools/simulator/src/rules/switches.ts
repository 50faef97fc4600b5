/**
 * The rules that Vonage's documents leave open, each with the ways in which it can be taken. The first is the default: the
 * stricter one, or the one with the better source. What is known of each is in `catalogue.ts`.
 */
export const switches = {
  /** `[]` as an answer. */
  '1.2.4': ['ends', 'error'],
  /** Longest that a connection may take, ms. */
  '1.3.2': ['1000', '3000'],
  /** How often a webhook is tried in all. */
  '1.3.4': ['2', '3'],
  /** Whether 502 gets another try, as 503 does. */
  '1.3.5': ['events', 'never', 'always'],
  /** A number or a boolean that is written as a text. */
  '2.0.7': ['noted', 'refused'],
  /** talk: `provider` and `providerOptions` need each other. */
  '2.1.8': ['together', 'either'],
  /** record: without a way to end, it goes on beside the next actions, or is left out. */
  '2.3.7': ['continues', 'skipped'],
  /** conversation: what `musicOnHoldUrl` is. */
  '2.4.2': ['array', 'string', 'either'],
  /** connect: range of `timeout`, s. */
  '2.5.4': ['3-7200', 'any'],
  /** connect: lowest `beep_timeout`, s. */
  '2.5.7': ['45', '30'],
  /** connect: spelling of `advancedMachineDetection`. */
  '2.5.8': ['either', 'camel', 'snake'],
  /** connect, not synchronous: the next action runs as soon as the leg is up, or when it is over. */
  '2.5.9': ['at-once', 'afterwards'],
  /** websocket: length of `uri`. */
  '2.5.12': ['unlimited', '50'],
  /** websocket: 24 kHz. */
  '2.5.13': ['accepted', 'refused'],
  /** websocket: `headers` of more than 512 bytes. */
  '2.5.14': ['refused', 'noted'],
  /** input: highest `maxDigits`. */
  '2.6.3': ['20', '22'],
  /** input: highest `speech.startTimeout`, s. */
  '2.6.5': ['60', '10'],
  /** input: without `type`. */
  '2.6.8': ['noted', 'refused'],
  /** socket: whether the NCCO's headers are on the upgrade as well. */
  '3.1.4': ['no', 'yes'],
  /** socket: sub-protocol and Origin of the upgrade. */
  '3.1.5': ['none', 'wsbridge'],
  /** socket: whether the first message has its `event`. */
  '3.2.3': ['event', 'none'],
  /** socket: a space before the first message's JSON. */
  '3.2.4': ['none', 'leading'],
  /** socket: the first message before the first audio, or after it. */
  '3.2.6': ['text-first', 'audio-first'],
  /** socket: what is sent where nobody speaks. */
  '3.3.4': ['frames', 'nothing'],
  /** socket: a message in several fragments. */
  '3.4.4': ['ignored', 'joined'],
  /** socket: length of the play-out buffer, messages. */
  '3.4.5': ['3072', '1024'],
  /** socket: a message for which the buffer has no room. */
  '3.4.6': ['dropped', 'closed'],
  /** socket: pending `notify` at a `clear`. */
  '3.5.4': ['discarded', 'answered'],
  /** socket: text that is no command. */
  '3.5.6': ['ignored', 'closed'],
  /** socket: close code when the call ends. */
  '3.6.6': ['1000', '1006'],
  /** socket: pings by Vonage. */
  '3.6.7': ['none', '20s'],
  /** A certificate that no known authority has signed. */
  '3.6.8': ['refused', 'accepted'],
  /** events: `headers` of a WebSocket leg's status events. */
  '4.1.4': ['endpoint', 'empty'],
  /** events: whether the WebSocket leg rings. */
  '4.3.2': ['no', 'yes'],
  /** events: a conversation change is told of by `transfer`. */
  '4.3.4': ['yes', 'no'],
  /** input event: `from` and `to` as in the answer request, or swapped. */
  '4.2.9': ['swapped', 'as-asked'],
  /** signatures: bytes of the secret. */
  '5.2.3': ['text', 'base64'],
  /** signatures: what `payload_hash` of a GET is over. */
  '5.3.2': ['json', 'query', 'none'],
  /** signatures: whether the socket's token has a `payload_hash`. */
  '5.4.2': ['no', 'yes'],
} as const;

export type SwitchId = keyof typeof switches;
export type SwitchValue<Id extends SwitchId> = (typeof switches)[Id][number];
