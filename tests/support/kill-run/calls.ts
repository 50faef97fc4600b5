import { randomUUID } from 'node:crypto';

/** One event as it goes out: the exact text of its webhook. No two are the same. */
export interface CallEventBody {
  readonly conversation: string;
  readonly leg: string;
  readonly status: string;
  readonly timestamp: string;
  readonly body: string;
}

interface Leg {
  readonly uuid: string;
  readonly direction: 'inbound' | 'outbound';
  readonly to: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What happens in each call, in this order: the leg of the phone, and that of the socket. */
const COURSE = [
  ['phone', 'started'],
  ['phone', 'ringing'],
  ['phone', 'answered'],
  ['socket', 'started'],
  ['socket', 'answered'],
  ['socket', 'completed'],
  ['phone', 'completed'],
] as const;

export const EVENTS_IN_A_CALL: number = COURSE.length;

const CALLER = '14155550177';
const NUMBER = '12025550123';

/**
 * The events of one call from a phone that is connected to a socket, as Vonage writes them. Their times are in the past:
 * whoever shows another time in their place is found out.
 */
export function callEvents(number: number): CallEventBody[] {
  const conversation = `CON-${randomUUID()}`;
  const phone: Leg = { uuid: randomUUID().replaceAll('-', ''), direction: 'inbound', to: NUMBER, headers: {} };
  const socket: Leg = {
    uuid: randomUUID(),
    direction: 'outbound',
    to: 'wss://echo.test.example/socket',
    // More than ASCII, as it has to come back byte for byte.
    headers: { call: conversation, leg: phone.uuid, 'caller-name': `Ünal №${number} 😀` },
  };
  const startMs = Date.UTC(2026, 2, 4) + number * 1000;
  // The seconds of each of the events after the call's start.
  const seconds = [0, 1, 2.345, 2.4, 2.9, 60 + (number % 120), 60.377 + (number % 120)];
  return COURSE.map(([which, status], index) => {
    const leg = which === 'phone' ? phone : socket;
    const timestamp = new Date(startMs + (seconds[index] ?? 0) * 1000).toISOString();
    const event = {
      headers: leg.headers,
      from: CALLER,
      to: leg.to,
      uuid: leg.uuid,
      conversation_uuid: conversation,
      status,
      direction: leg.direction,
      ...details(status, startMs, seconds[index] ?? 0),
      timestamp,
    };
    return { conversation, leg: leg.uuid, status, timestamp, body: JSON.stringify(event) };
  });
}

/** The keys that only some states have. */
function details(status: string, startMs: number, seconds: number): object {
  if (status === 'answered') return { start_time: null, rate: null, network: null };
  if (status !== 'completed') return {};
  const atSecond = (ms: number) => new Date(Math.floor(ms / 1000) * 1000).toISOString();
  return {
    start_time: atSecond(startMs + 2345),
    end_time: atSecond(startMs + seconds * 1000),
    duration: String(Math.round(seconds - 2.345)),
    rate: '0.00450000',
    price: (((seconds - 2.345) / 60) * 0.0045).toFixed(8),
    network: 'US-FIXED',
    disconnected_by: 'user',
    sip_code: 200,
  };
}
