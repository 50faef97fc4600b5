import type { Rule } from './rule.ts';
import { sources } from './sources.ts';

const references = [sources.webhookReference, sources.webhookTranscription];

/** Event webhooks: how they are delivered, what they hold, when they come, and what their replies do. */
export const eventRules: readonly Rule[] = [
  {
    id: '4.1.1',
    title: 'An event is a POST of a JSON object, or a GET with nested values as JSON text in the query.',
    known:
      'POST is the default, with the content type `application/json`. By GET `dtmf`, `speech`, `payload` ' +
      'and `headers` are JSON in the query string.',
    sources: [sources.webhookReference, sources.phpCaptures],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '4.1.2',
    title: "An event goes to the action's `eventUrl`, else to the call's own event URL, else to the application's.",
    known:
      'The event URL of a call is one that was given when the call was made by REST. No call is made so here, ' +
      'which leaves the other two.',
    sources: [sources.webhookReference, sources.nccoReference, sources.voiceOpenApi],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '4.1.3',
    title: 'Times are ISO 8601 in UTC.',
    known:
      '`timestamp` has milliseconds and ends in Z. `start_time` and `end_time` are alike, as a rule of ' +
      'whole seconds with `.000Z`; those of a record event have no milliseconds.',
    sources: [sources.webhookReference, sources.phpCaptures],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '4.1.4',
    title: "The `headers` of a WebSocket leg's events are those of the endpoint in the NCCO.",
    known:
      'The documents show them so on disconnected, unanswered and failed. Captures have `{}` on every ' +
      'status event. A telephone has `{}` in any case.',
    sources: [sources.webhookReference, sources.webSocketGuide, sources.phpCaptures],
    certainty: 'conflict',
    status: 'modelled',
  },
  {
    id: '4.1.5',
    title: 'An event is to be answered with any 2xx, and within 10 s.',
    known:
      'After any other status than those of rules 1.3.4 and 1.3.5 the event is lost. Official samples ' +
      'reply with 200, one of them with the text ok.',
    sources: [...references, sources.snippets],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '4.1.6',
    title: 'Events may come late, more than once, and out of order.',
    known:
      'Vonage promises neither order nor that an event comes only once. Applications sort by `timestamp`, ' +
      'and know a repetition by leg, status and timestamp. Here all of it happens on demand only.',
    sources: references,
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '4.2.1',
    title:
      'A status event has `from`, `to`, `uuid`, `conversation_uuid`, `status`, `direction`, `timestamp` and `headers`.',
    known:
      '`direction` is inbound or outbound. The statuses are started, ringing, answered, busy, cancelled, ' +
      'unanswered, timeout, rejected, failed, completed and disconnected, and human and machine with ' +
      'fields of their own (rule 4.2.6).',
    sources: [...references, sources.resellerReference, sources.javaSdk],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '4.2.2',
    title: 'An answered event also has `start_time`, `rate` and `network`, all of them null.',
    known: 'By GET a null is left out of the query here.',
    sources: references,
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '4.2.3',
    title: 'A completed event also has `start_time`, `end_time`, `duration`, `rate`, `price` and `network`, all texts.',
    known:
      '`duration` is in seconds, and `rate` has eight decimals. Newer ones have `disconnected_by`, which ' +
      'is platform or user, and `sip_code`, a number.',
    sources: [...references, sources.javaSdk],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '4.2.4',
    title: 'An event of a leg that did not come up has a `detail` where it is unanswered, rejected or failed.',
    known:
      'Unanswered: unavailable or timeout, in the Java SDK also carrier_timeout. Rejected: invalid_number, ' +
      'restricted or declined. Failed: cannot_route, number_out_of_service or internal_error. Busy, ' +
      'timeout and cancelled have none; except for timeout and cancelled there may be a `sip_code`.',
    sources: [...references, sources.javaSdk],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '4.2.5',
    title: 'A disconnected event has no `direction`.',
    known:
      'So it is in the sample of the documents, which has all other fields of a status event. Whether real ' +
      'ones have more is not known.',
    sources: [sources.webSocketGuide, sources.webhookReference],
    certainty: 'likely',
    status: 'modelled',
  },
  {
    id: '4.2.6',
    title: 'Human and machine events have `call_uuid` in place of `uuid`.',
    known:
      'They also have `from`, `to`, `status`, `conversation_uuid` and `timestamp`. Advanced detection adds ' +
      '`sub_state`, which is beep_start or beep_timeout.',
    sources: [...references, sources.javaSdk],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '4.2.7',
    title:
      'A record event has `recording_url`, `recording_uuid`, `size`, `start_time` and `end_time`, and no `status`.',
    known: '`size` is a number of bytes; `conversation_uuid` and `timestamp` are there as well.',
    sources: [...references, sources.phpCaptures],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '4.2.8',
    title: 'An input event has `dtmf` and `speech`, and no `status`.',
    known:
      '`dtmf` has `digits`, a text or null, and `timed_out`. `speech` has `timeout_reason`, which is ' +
      'end_on_silence_timeout, max_duration or start_timeout, and `results` with `text` and `confidence`, ' +
      'a text or a number from 0 to 1. Without speech it is an `error` in a capture: Speech was not ' +
      'enabled.',
    sources: [...references, sources.phpCaptures],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '4.2.9',
    title: '`from` and `to` of an input event have changed places since the answer request.',
    known: 'They are swapped in captures; the documents do not say so. `uuid` is what an application can rely on.',
    sources: [sources.phpCaptures, sources.webhookReference],
    certainty: 'conflict',
    status: 'modelled',
  },
  {
    id: '4.2.10',
    title:
      'A transfer event has the `type` transfer, `conversation_uuid_from` and `conversation_uuid_to`, and no `status`.',
    known: 'It has `uuid` and `timestamp` besides.',
    sources: [...references, sources.phpSdk],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '4.2.11',
    title: 'A notify event has the `payload` of the action, `conversation_uuid` and `timestamp`.',
    known: 'It has no `status`, and no leg.',
    sources: [...references, sources.phpCaptures],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '4.2.12',
    title: 'An error event has `reason`, `conversation_uuid` and `timestamp`, and no `status`.',
    known: '`reason` is a text for people.',
    sources: [...references, sources.phpCaptures],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '4.2.13',
    title: 'A transcription event has `transcription_url`, `recording_uuid`, `conversation_uuid`, `type` and `status`.',
    known:
      '`status` is a word such as transcribed, and the text itself is fetched from the URL. Its fields are ' +
      'less sure than those of other events.',
    sources: references,
    certainty: 'likely',
    status: 'modelled',
  },
  {
    id: '4.3.1',
    title: "The caller's leg starts, rings and is answered, then a WebSocket leg has its events, then the call ends.",
    known:
      'The answer webhook comes first of all. Muting, talking or playing into a leg by REST and text on a ' +
      'socket bring no event.',
    sources: [sources.callFlowGuide, sources.webSocketGuide, sources.webhookTranscription],
    certainty: 'likely',
    status: 'modelled',
  },
  {
    id: '4.3.2',
    title: 'A WebSocket leg has started and answered, without ringing in between.',
    known: 'The sources leave open whether it rings.',
    sources: [sources.webSocketGuide, sources.webhookTranscription],
    certainty: 'likely',
    status: 'modelled',
  },
  {
    id: '4.3.3',
    title: 'At the end of a call each of its legs has a completed event.',
    known: 'When the caller hangs up the socket closes, and both legs complete; either may be first.',
    sources: [sources.callFlowGuide, sources.webSocketGuide],
    certainty: 'likely',
    status: 'modelled',
  },
  {
    id: '4.3.4',
    title: 'A leg that moves to another conversation has a transfer event.',
    known: 'The sources say that there may be one, and not when there is none.',
    sources: [sources.callFlowGuide, sources.webhookReference],
    certainty: 'likely',
    status: 'modelled',
  },
  {
    id: '4.4.1',
    title:
      'An NCCO counts in the reply to input, notify, disconnected and the failing states of a synchronous connect.',
    known: 'It takes the place of the current one. After a reply without one the flow goes on.',
    sources: [sources.webhookReference, sources.nccoReference, sources.webSocketGuide],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '4.4.2',
    title: 'In the reply to any other event an NCCO is ignored.',
    known:
      'That is likely of started, ringing, answered, completed, record, transfer, error and the like. A ' +
      'note tells of a JSON array in such a reply, since an empty body is safer.',
    sources: [sources.webhookReference, sources.snippets],
    certainty: 'likely',
    status: 'enforced',
  },
];
