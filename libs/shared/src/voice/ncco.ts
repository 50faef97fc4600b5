import type { SampleRateHz } from './audio-format.ts';

/** What Vonage does with a call, action by action. When no action is left, the call ends. */
export type Ncco = readonly NccoAction[];

/** The actions that we return; Vonage knows more. Keys are spelled as on the wire. */
export type NccoAction = TalkAction | ConnectAction;

/** Speaks a text. The next action waits until it is spoken. */
export interface TalkAction {
  readonly action: 'talk';
  /** At most {@link MAX_TALK_CHARACTERS}, as {@link talkCharacters} counts them; SSML inside `<speak>`. */
  readonly text: string;
  /** BCP 47, e.g. `en-US`. */
  readonly language?: string;
  /** The voice's variant, from 0. */
  readonly style?: number;
}

/** Vonage's limit of a talk action's text, characters. */
export const MAX_TALK_CHARACTERS = 1500;

const SSML = /^\s*<speak[\s>].*<\/speak>\s*$/s;
const TAG = /<(?:[^<>"']|"[^"]*"|'[^']*')*>/g;

/** The length of a text as Vonage counts it: of SSML, which stands in `<speak>`, the tags do not count. */
export function talkCharacters(text: string): number {
  return SSML.test(text) ? text.trim().replace(TAG, '').length : text.length;
}

/** Connects the call to another leg, and lasts as long as that leg does: what stands behind it would be heard over it. */
export interface ConnectAction {
  readonly action: 'connect';
  /** Who calls, as the other leg's events show it: a number of ours, digits with no `+`. */
  readonly from?: string;
  /** Exactly one. */
  readonly endpoint: readonly [WebSocketEndpoint];
}

/** A WebSocket server that Vonage calls, and exchanges the call's audio with. */
export interface WebSocketEndpoint {
  readonly type: 'websocket';
  /** `ws://` or `wss://`. */
  readonly uri: string;
  /** With a hyphen: `contentType`, as SDK objects have it, makes the NCCO invalid. */
  readonly 'content-type': `audio/l16;rate=${SampleRateHz}`;
  /** Comes back at the top level of the socket's first text message; 512 bytes at most. */
  readonly headers: Readonly<Record<string, string>>;
  /** What the upgrade has in its `Authorization`: a signed token of Vonage's, or the value that is given here. */
  readonly authorization?: SocketAuthorization;
}

export type SocketAuthorization = { readonly type: 'vonage' } | { readonly type: 'custom'; readonly value: string };
