import type { CallEventKind } from '@kodama/shared/voice';

const CONVERSATION = 'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10';
const LEG = '0d9b6c1e4c0a4f7cbb7f3b1f6a1a2f55';
const timestamp = '2026-03-04T10:14:02.377Z';

const phone = {
  headers: {},
  from: '14155550177',
  to: '12025550123',
  uuid: LEG,
  conversation_uuid: CONVERSATION,
  direction: 'inbound',
  timestamp,
};
const socket = {
  headers: { leg: '0d9b6c1e', more: { nested: true } },
  from: null,
  to: 'wss://echo.test.example/socket',
  uuid: 'b7a1c0de-1111-4c2e-8c55-2f0a9d3b7e01',
  conversation_uuid: CONVERSATION,
  direction: 'outbound',
  timestamp,
};
const detection = {
  call_uuid: LEG,
  from: '14155550177',
  to: '12025550123',
  conversation_uuid: CONVERSATION,
  timestamp,
};
const { direction: _none, ...undirected } = socket;

/** Bodies of event webhooks of each kind, with all the keys that Vonage's reference and its samples have. */
export const EVENT_SAMPLES: Readonly<Record<CallEventKind, readonly Readonly<Record<string, unknown>>[]>> = {
  started: [
    { ...phone, status: 'started' },
    { ...socket, status: 'started' },
  ],
  ringing: [{ ...phone, status: 'ringing' }],
  answered: [
    { ...phone, status: 'answered', start_time: null, rate: null, network: null },
    { ...socket, status: 'answered', start_time: null, rate: null, network: null },
  ],
  busy: [{ ...phone, status: 'busy', sip_code: 486 }],
  cancelled: [{ ...phone, status: 'cancelled' }],
  unanswered: [{ ...socket, status: 'unanswered', detail: 'unavailable', sip_code: '480' }],
  timeout: [{ ...phone, status: 'timeout' }],
  rejected: [{ ...phone, status: 'rejected', detail: 'declined', sip_code: 603 }],
  failed: [{ ...socket, status: 'failed', detail: 'cannot_route' }],
  completed: [
    {
      ...phone,
      status: 'completed',
      start_time: '2026-03-04T10:11:11.000Z',
      end_time: '2026-03-04T10:14:02.000Z',
      duration: '171',
      rate: '0.00450000',
      price: '0.01282500',
      network: 'US-FIXED',
      disconnected_by: 'user',
      sip_code: 200,
    },
    // By GET, where all is text.
    { ...phone, status: 'completed', duration: '0', sip_code: '200', from: 'unknown' },
  ],
  disconnected: [{ ...undirected, status: 'disconnected' }],
  human: [{ ...detection, status: 'human' }],
  machine: [
    { ...detection, status: 'machine' },
    { ...detection, status: 'machine', sub_state: 'beep_start' },
  ],
  transfer: [
    {
      conversation_uuid_from: CONVERSATION,
      conversation_uuid_to: 'CON-9a1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d11',
      type: 'transfer',
      uuid: LEG,
      timestamp,
    },
  ],
  record: [
    {
      start_time: '2026-03-04T10:11:11Z',
      end_time: '2026-03-04T10:14:02Z',
      recording_url: 'https://api-us-3.vonage.example/v1/files/aaaaaaaa-0000-4000-8000-000000000001',
      recording_uuid: 'aaaaaaaa-0000-4000-8000-000000000001',
      size: 12_222,
      conversation_uuid: CONVERSATION,
      timestamp,
    },
  ],
  transcription: [
    {
      conversation_uuid: CONVERSATION,
      type: 'record',
      recording_uuid: 'aaaaaaaa-0000-4000-8000-000000000001',
      status: 'transcribed',
      transcription_url: 'https://api-us-3.vonage.example/v1/transcriptions/1',
      timestamp,
    },
    { status: 'transcribed' },
  ],
  input: [
    {
      speech: { error: 'Speech was not enabled' },
      dtmf: { digits: '42', timed_out: false },
      from: '12025550123',
      to: '14155550177',
      uuid: LEG,
      conversation_uuid: CONVERSATION,
      timestamp,
    },
    {
      speech: {
        timeout_reason: 'end_on_silence_timeout',
        results: [
          { text: 'yes', confidence: '0.9' },
          { text: 'yet', confidence: 0.4 },
        ],
        recording_url: 'https://api-us-3.vonage.example/v1/files/2',
      },
      dtmf: { digits: null, timed_out: true },
      uuid: LEG,
      conversation_uuid: CONVERSATION,
      timestamp,
    },
  ],
  notify: [{ payload: { mark: 1 }, conversation_uuid: CONVERSATION, timestamp }],
  error: [{ reason: 'Syntax error in NCCO. Invalid value type.', conversation_uuid: CONVERSATION, timestamp }],
  unknown: [{ ...phone, status: 'levitating', height: 12 }, { to: '12025550123' }],
};
