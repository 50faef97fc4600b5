/** A leg as `GET /v1/calls/{uuid}` shows it. */
export interface LegView {
  readonly uuid: string;
  readonly conversationUuid: string;
  /** `{ type: 'phone', number }`, `{ type: 'websocket', uri }` and so on. */
  readonly to: Readonly<Record<string, unknown>>;
  readonly from: Readonly<Record<string, unknown>>;
  /** A status that a filter may name: started, ringing, answered, machine, completed, busy, … */
  readonly status: string;
  readonly direction: 'inbound' | 'outbound';
  readonly startTime: Date | undefined;
  readonly endTime: Date | undefined;
  /** US dollars a minute, and in all. */
  readonly ratePerMinute: number;
  readonly price: number;
  readonly network: string;
}

export interface PlayedAudio {
  readonly streamUrl: string;
  /** 0: for ever. */
  readonly loop: number;
  readonly level: number;
}

export interface SpokenText {
  readonly text: string;
  readonly language: string;
  readonly style: number;
  readonly premium: boolean;
  readonly loop: number;
  readonly level: number;
}

/** One leg of a call, as REST takes hold of it. What needs a live or an answered leg is refused by the server before. */
export interface LegControl {
  readonly view: LegView;
  /** Ends the leg; a WebSocket that ends so has no `disconnected` event. */
  hangUp(): void;
  /** Nobody hears the leg any more. */
  setMuted(muted: boolean): void;
  /** The leg hears nobody any more. */
  setEarmuffed(earmuffed: boolean): void;
  /** The NCCO, or the one at the address, takes the place of what is left of the current one. It is not checked yet. */
  transfer(destination: { readonly ncco: unknown } | { readonly url: string }): void;
  /** Plays into the leg; a later call takes the place of an earlier one. */
  playAudio(audio: PlayedAudio): void;
  stopAudio(): void;
  talk(text: SpokenText): void;
  stopTalk(): void;
  /** Keys as if they were sent to whoever is at the leg's other end. */
  sendDtmf(digits: string): void;
  /** Each key that the leg presses goes to this address, as an input event; undefined: no longer. */
  subscribeDtmf(eventUrl: string | undefined): void;
}

/** Every leg that a simulator knows, live or over, oldest first. */
export interface CallControl {
  legs(): readonly LegControl[];
  find(legUuid: string): LegControl | undefined;
}
