import type { SampleRateHz } from '../media/audio-format.ts';

/** Where webhooks of one kind go. */
export interface WebhookTarget {
  readonly url: string;
  readonly method: 'GET' | 'POST';
}

/** The actions of an NCCO as they are carried out: checked, with every default filled in. Times have their unit in the name. */
export type Action =
  | TalkAction
  | StreamAction
  | RecordAction
  | ConversationAction
  | ConnectAction
  | InputAction
  | NotifyAction
  | WaitAction
  | TransferAction;

export interface TalkAction {
  readonly action: 'talk';
  readonly text: string;
  readonly bargeIn: boolean;
  /** 0: for ever. */
  readonly loop: number;
  readonly level: number;
  readonly language: string;
  readonly style: number;
  readonly premium: boolean;
}

export interface StreamAction {
  readonly action: 'stream';
  readonly streamUrl: string;
  readonly bargeIn: boolean;
  /** 0: for ever. */
  readonly loop: number;
  readonly level: number;
}

export interface RecordAction {
  readonly action: 'record';
  readonly format: 'mp3' | 'wav' | 'ogg';
  readonly split: boolean;
  readonly channels: number | undefined;
  readonly endOnSilenceSeconds: number | undefined;
  readonly endOnKey: string | undefined;
  readonly timeOutSeconds: number | undefined;
  readonly beepStart: boolean;
  readonly events: WebhookTarget | undefined;
  readonly transcription: Transcription | undefined;
}

export interface Transcription {
  readonly language: string;
  readonly sentimentAnalysis: boolean;
  readonly events: WebhookTarget | undefined;
}

export interface ConversationAction {
  readonly action: 'conversation';
  readonly name: string;
  readonly musicOnHoldUrl: string | undefined;
  readonly startOnEnter: boolean;
  readonly endOnExit: boolean;
  readonly record: boolean;
  /** Leg ids; undefined: everybody. */
  readonly canSpeak: readonly string[] | undefined;
  readonly canHear: readonly string[] | undefined;
  readonly mute: boolean;
  readonly events: WebhookTarget | undefined;
  readonly transcription: Transcription | undefined;
}

export interface ConnectAction {
  readonly action: 'connect';
  readonly endpoint: Endpoint;
  readonly from: string | undefined;
  readonly randomFromNumber: boolean;
  /** `eventType: "synchronous"`: blocks, and the reply to an event may replace the NCCO. */
  readonly synchronous: boolean;
  readonly timeoutSeconds: number;
  readonly limitSeconds: number;
  /** What becomes of a leg that a machine answers; undefined: nobody looks. */
  readonly machineDetection: 'continue' | 'hangup' | undefined;
  /** Advanced machine detection: it also tells of the beep. */
  readonly detectsBeep: boolean;
  readonly events: WebhookTarget | undefined;
  readonly ringbackTone: string | undefined;
}

export type Endpoint = WebSocketEndpoint | PhoneEndpoint | AppEndpoint | SipEndpoint | VbcEndpoint;

export interface WebSocketEndpoint {
  readonly type: 'websocket';
  readonly uri: string;
  readonly sampleRateHz: SampleRateHz;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly authorization: { readonly type: 'vonage' } | { readonly type: 'custom'; readonly value: string } | undefined;
}

export interface PhoneEndpoint {
  readonly type: 'phone';
  readonly number: string;
  readonly dtmfAnswer: string | undefined;
  /** The NCCO at this address is carried out for the one who is called, before the two are joined. */
  readonly onAnswerUrl: string | undefined;
}

export interface AppEndpoint {
  readonly type: 'app';
  readonly user: string;
}

export interface SipEndpoint {
  readonly type: 'sip';
  /** As given, or made of `user` and `domain`. */
  readonly uri: string;
}

export interface VbcEndpoint {
  readonly type: 'vbc';
  readonly extension: string;
}

export interface InputAction {
  readonly action: 'input';
  readonly dtmf:
    | { readonly timeOutSeconds: number; readonly maxDigits: number; readonly submitOnHash: boolean }
    | undefined;
  readonly speech:
    | {
        readonly endOnSilenceSeconds: number;
        readonly startTimeoutSeconds: number;
        readonly maxDurationSeconds: number;
        readonly saveAudio: boolean;
      }
    | undefined;
  /** One event a key, and the next action at once. */
  readonly asynchronous: boolean;
  readonly events: WebhookTarget | undefined;
}

export interface NotifyAction {
  readonly action: 'notify';
  readonly payload: Readonly<Record<string, unknown>>;
  readonly events: WebhookTarget;
}

export interface WaitAction {
  readonly action: 'wait';
  /** Brought into its range already: 0.1 to 7200. */
  readonly timeoutSeconds: number;
}

export interface TransferAction {
  readonly action: 'transfer';
  readonly conversationId: string;
  readonly mute: boolean;
  readonly canSpeak: readonly string[] | undefined;
  readonly canHear: readonly string[] | undefined;
}
