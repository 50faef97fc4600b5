import type { Rule } from './rule.ts';
import { sources } from './sources.ts';

/** The answer webhook: its request, its reply, and what happens where there is none. */
export const answerRules: readonly Rule[] = [
  {
    id: '1.1.1',
    title: 'The answer webhook is a GET, or a POST where the application or the call is set so.',
    known:
      'By GET the fields are in the query string, by POST in a JSON object with the content type ' +
      "`application/json`. Version 3 of Vonage's command line sets POST unless it is told otherwise, so an " +
      'application does well to serve both.',
    sources: [sources.webhookReference, sources.cli, sources.phpCaptures],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '1.1.2',
    title: 'The answer request carries `to`, `from`, `endpoint_type`, `conversation_uuid`, `uuid` and `region_url`.',
    known:
      'All of them are texts; numbers are E.164 digits without a plus sign. `endpoint_type` is phone, app, ' +
      'websocket, sip or vbc; it and `region_url` are missing in captures of 2020. The order of the fields ' +
      'means nothing.',
    sources: [sources.webhookReference, sources.webhookTranscription, sources.capturedAnswer, sources.javaSdk],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '1.1.3',
    title:
      '`from` may be absent, may be a word instead of a number, and gives way to `from_user` where a Client SDK calls.',
    known:
      '`from` and `from_user` never come together. That `from` may be absent is documented; that it may be ' +
      'a word such as unknown, or a SIP identity, is only likely. Which of them comes is up to the options ' +
      'of a call.',
    sources: [sources.webhookReference, sources.webhookTranscription],
    certainty: 'likely',
    status: 'modelled',
  },
  {
    id: '1.1.4',
    title: "Custom SIP headers come as fields of their own, and a Client SDK's `custom_data` comes as an object.",
    known:
      'The SIP header X-Tenant becomes the field `SipHeader_X-Tenant`, and User-to-User becomes ' +
      '`SipHeader_User-to-User`, with a value of up to 256 characters; headers that begin with X-Nexmo are ' +
      'kept back. All of that is documented; that `custom_data` is JSON text when it comes by GET is only ' +
      'likely.',
    sources: [sources.webhookReference, sources.webhookTranscription],
    certainty: 'likely',
    status: 'modelled',
  },
  {
    id: '1.1.5',
    title: 'The id of a leg is opaque text, and that of a conversation is `CON-` with a UUID behind it.',
    known:
      "The documents show legs' ids as UUIDs with dashes; a captured telephone call has 32 hexadecimal " +
      'digits without any, and older captures have other letters and digits. An application that insists ' +
      'on a UUID refuses real calls.',
    sources: [sources.webhookReference, sources.phpCaptures, sources.capturedAnswer],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '1.2.1',
    title: 'The reply must have the status 200.',
    known:
      'It must be 200 itself, not any 2xx. Any other status counts as a failed download of the NCCO; a few ' +
      'get another try, as rules 1.3.4 to 1.3.6 say.',
    sources: [sources.webhookReference, sources.nccoSupport],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '1.2.2',
    title: 'The content type of the reply must be `application/json`.',
    known:
      'A parameter such as `charset=utf-8` does no harm. Another type, `text/html` or `application/xml` ' +
      'for instance, counts as a failed download and gets no other try.',
    sources: [sources.nccoSupport],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '1.2.3',
    title: 'The body of the reply must be a JSON array.',
    known:
      'An object in its place is a syntax error of the NCCO, even where it is an action that would be ' +
      'right inside an array.',
    sources: [sources.nccoReference, sources.webhookReference],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '1.2.4',
    title: 'An NCCO without any action ends the call at once and silently.',
    known:
      'Applications of others reply with `[]` to end a call. No document speaks of it, so it could also be ' +
      'an error.',
    sources: [sources.thirdParties],
    certainty: 'likely',
    status: 'modelled',
  },
  {
    id: '1.3.1',
    title: 'The TCP connection of a webhook must be open within 1000 ms.',
    known: 'That is the default. An application can set another limit for each of its URLs, from 300 to 1000 ms.',
    sources: [sources.applicationOpenApi, sources.timeoutSupport],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '1.3.2',
    title: 'The limit for the connection is the 1000 ms of newer documents rather than the 3 s of an older one.',
    known:
      'The Application API and a support article have 1000 ms as the default and as the maximum. A ' +
      'troubleshooting guide of 2021 has 3 s. The stricter figure is taken unless told otherwise.',
    sources: [sources.applicationOpenApi, sources.timeoutSupport, sources.troubleshooting],
    certainty: 'conflict',
    status: 'enforced',
  },
  {
    id: '1.3.3',
    title: 'The reply must come within 5000 ms to an answer or fallback webhook, and within 10000 ms to an event.',
    known: 'Those are the defaults and the longest; an application can set its URLs down to 1000 ms.',
    sources: [sources.applicationOpenApi, sources.timeoutSupport, sources.troubleshooting],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '1.3.4',
    title: 'A webhook without a usable reply is tried twice in all.',
    known:
      'The second try follows a connection or a reply that takes too long, a connection that is closed or ' +
      'reset, and the statuses 429, 503 and 504. The webhook reference and a support article say twice in ' +
      'all; a troubleshooting page speaks of two retries, which makes three.',
    sources: [sources.webhookReference, sources.nccoSupport, sources.troubleshooting],
    certainty: 'conflict',
    status: 'modelled',
  },
  {
    id: '1.3.5',
    title: 'The status 502 gets an event another try, and an answer none.',
    known:
      'The usual list of statuses is 429, 503 and 504. One transcription of the webhooks adds 502 for ' +
      'events; no source adds it for answers.',
    sources: [sources.webhookReference, sources.nccoSupport, sources.webhookTranscription],
    certainty: 'conflict',
    status: 'modelled',
  },
  {
    id: '1.3.6',
    title: 'Whatever else goes wrong with a webhook is final at the first try.',
    known:
      'Final are all other HTTP errors, such as 400, 401, 404 and 500, mistakes in the NCCO, a wrong ' +
      'content type, a bad URL and any trouble with a TLS certificate. A redirect is not followed: it is a ' +
      'status other than 200.',
    sources: [sources.nccoSupport, sources.webhookReference],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '1.3.7',
    title: 'Where the answer URL fails and there is a fallback URL, that one is asked, twice if need be.',
    known:
      'It takes over after any status that is no success, where the host cannot be reached, and where the ' +
      'NCCO has mistakes. In the middle of a call it does so for an event whose reply may hold an NCCO.',
    sources: [sources.webhookReference, sources.nccoSupport, sources.availabilityBlog],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '1.3.8',
    title:
      'The fallback request has the fields of the request that failed, and `reason` and `original_request` besides.',
    known:
      '`reason` is a text. `original_request` is an object with the `url` that failed and its `type`, ' +
      'answer or event.',
    sources: [sources.webhookReference],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '1.3.9',
    title: 'Where the fallback fails too, a call that has not begun ends, and one that is under way goes on.',
    known:
      'Without an initial NCCO there is no call. When it is the reply to an input or a notify that is ' +
      'missing, the flow continues with what it has.',
    sources: [sources.webhookReference, sources.nccoSupport],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '1.4.1',
    title: 'An NCCO with mistakes drops the call, unless a fallback URL has a valid one, and brings an error event.',
    known:
      'The event goes to the event URL. It has `reason`, a text, with `conversation_uuid` and `timestamp`, ' +
      'and no `status`.',
    sources: [sources.webhookReference],
    certainty: 'certain',
    status: 'enforced',
  },
];
