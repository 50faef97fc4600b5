import type { CallIds } from './call-ids.ts';

/** A call to place; nothing is needed. */
export interface CallOptions {
  /** The caller: digits without a plus sign, or a word. Null: he does not show who he is. 14155550177 unless given. */
  readonly from?: string | null;
  /** The number that is called: digits without a plus sign. */
  readonly to?: string;
  /** Those that are not given are made up. */
  readonly ids?: Partial<CallIds>;
  /** The kind of party that calls: `phone` unless given. */
  readonly endpointType?: 'phone' | 'app' | 'sip' | 'vbc' | 'websocket';
  /** More fields for the answer webhook, as `custom_data`, `SipHeader_X-Tenant` or, in place of `from`, `from_user`. */
  readonly answerFields?: Readonly<Record<string, unknown>>;
  /** Hangs up. */
  readonly signal?: AbortSignal;
  /** 0 to below 20, in milliseconds: when within each 20 ms this call sends its frame. Other calls best have other ones. */
  readonly phaseMs?: number;
  /** Whether what the caller says and hears is kept. True unless given; many calls at once have no use for it. */
  readonly keepsSound?: boolean;
  /** Called with each frame of the application's audio, as it comes. */
  readonly onFrame?: (frame: Buffer) => void;
}

/** @throws {RangeError | TypeError} where an option is none that a call can be made with. */
export function checkCallOptions({ phaseMs = 0, from, to, answerFields = {} }: CallOptions): void {
  if (!(phaseMs >= 0 && phaseMs < 20)) throw new RangeError(`phaseMs: ${phaseMs} is not from 0 to below 20`);
  if (from === '') throw new TypeError('from: is empty; null stands for a caller who does not show who he is');
  if (to === '') throw new TypeError('to: is empty');
  for (const name of Object.keys(answerFields)) {
    if (/^SipHeader_X-Nexmo/i.test(name)) throw new TypeError(`answerFields: ${name} is one that Vonage keeps back`);
  }
  if (answerFields.from !== undefined && answerFields.from_user !== undefined) {
    throw new TypeError('answerFields: from and from_user never come together');
  }
}

/** What the answer webhook tells of a call. */
export function answerFields(
  call: {
    readonly ids: CallIds;
    readonly from: string | undefined;
    readonly to: string;
    readonly platform: { readonly regionUrl: string };
  },
  { endpointType = 'phone', answerFields = {} }: CallOptions,
): Readonly<Record<string, unknown>> {
  const hasUser = answerFields.from_user !== undefined;
  return {
    to: call.to,
    endpoint_type: hasUser ? 'app' : endpointType,
    ...(call.from !== undefined && !hasUser && { from: call.from }),
    conversation_uuid: call.ids.conversationUuid,
    uuid: call.ids.legUuid,
    region_url: call.platform.regionUrl,
    ...answerFields,
  };
}
