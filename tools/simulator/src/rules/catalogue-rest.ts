import type { Rule } from './rule.ts';
import { sources } from './sources.ts';

const openApis = [sources.voiceOpenApi, sources.oldVoiceOpenApi];

/** The part of the Voice API that controls running calls. */
export const restRules: readonly Rule[] = [
  {
    id: '7.1.1',
    title: "A request has a bearer token that the application's private key has signed with RS256.",
    known: 'Any other algorithm is refused with 401, as is a request without a token.',
    sources: [sources.voiceOpenApi, sources.nodeSdk],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '7.1.2',
    title: 'The token has the claims `application_id`, `iat` and `jti`.',
    known:
      '`exp`, `nbf`, `sub` and `acl` may be there. A token lives 30 s to 24 h; the SDKs give it 15 minutes ' +
      'unless told otherwise.',
    sources: [sources.voiceOpenApi, sources.nodeSdk],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '7.2.1',
    title: '`POST /v1/calls` makes a call and is answered 201.',
    known:
      'It takes one endpoint in `to`, `from` or `random_from_number`, and either `ncco` or `answer_url`. ' +
      'Here a call is made by the simulator alone.',
    sources: openApis,
    certainty: 'certain',
    status: 'not modelled',
  },
  {
    id: '7.3.1',
    title: '`GET /v1/calls` lists legs, page by page.',
    known:
      'Its filters are `status`, `date_start`, `date_end` and `conversation_uuid`; `page_size` is 1 to 100 ' +
      'and 10 unless given, and `record_index` and `order`, asc or desc, go with it. The reply has ' +
      '`count`, `page_size`, `record_index`, `_links` and `_embedded.calls`. `disconnected` and `human` ' +
      'are no statuses to filter by.',
    sources: openApis,
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '7.3.2',
    title: '`GET /v1/calls/{uuid}` shows one leg.',
    known:
      'It has `uuid`, `conversation_uuid`, `to`, `from`, `status`, `direction`, `rate`, `price`, ' +
      '`duration`, `start_time`, `end_time`, `network` and `_links`; rate, price and duration are texts.',
    sources: openApis,
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '7.4.1',
    title: '`PUT /v1/calls/{uuid}` with the action hangup ends a leg and is answered 204.',
    known: 'A WebSocket leg that ends so has no `disconnected` event, as rule 3.6.3 says.',
    sources: [...openApis, sources.webSocketGuide],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '7.4.2',
    title: 'The actions mute, unmute, earmuff and unearmuff are answered 204.',
    known: 'Nobody hears a leg that is muted, and a leg that is earmuffed hears nobody.',
    sources: openApis,
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '7.4.3',
    title: 'The action transfer gives a leg another NCCO and is answered 204.',
    known:
      'Its `destination` has the `type` ncco, and either `url`, an array with one URL, or `ncco`, an array ' +
      "of actions. Here only the caller's leg can be transferred.",
    sources: openApis,
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '7.4.4',
    title:
      '`stream`, `talk` and `dtmf` below a leg play a sound, speak a text and send keys into it, and are answered 200.',
    known:
      '`stream` takes `stream_url`, `loop` and `level`; `talk` takes `text`, `language`, `style`, ' +
      '`premium`, `loop` and `level`; `dtmf` takes `digits` of 0 to 9, `*`, `#` and p. DELETE ends stream ' +
      'and talk, and the replies have a `message` and the `uuid`. `input/dtmf` turns events of single keys ' +
      'on and off.',
    sources: [...openApis, sources.nodeSdk, sources.javaSdk],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '7.4.5',
    title: 'There may be 15 requests a second.',
    known: 'What is above that is answered 429. Recordings are to be had for 30 days.',
    sources: [sources.troubleshooting, sources.voiceOpenApi],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '7.4.6',
    title: 'An error is an object with `type`, `title` and, for values that are wrong, `invalid_parameters`.',
    known:
      '400 is for a request that cannot be carried out, such as talk before the leg is answered, 401 for ' +
      'the token, 404 for a leg that is over or in another region, and 429 for too many requests.',
    sources: [...openApis, sources.troubleshooting],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '7.4.7',
    title: 'There may be 3 new calls a second.',
    known:
      'New calls by REST and by connect count together. What is above that is answered 429, or brings an ' +
      'error event. Here there is no such limit.',
    sources: [sources.troubleshooting, sources.voiceOpenApi],
    certainty: 'certain',
    status: 'not modelled',
  },
  {
    id: '7.5.1',
    title: 'A call lives in one region, and the other regions answer 404.',
    known:
      'The answer request names the region in `region_url`. Here there is one for all calls: `region_url` ' +
      'leads to the stand-in of the API.',
    sources: [sources.troubleshooting, sources.voiceOpenApi],
    certainty: 'certain',
    status: 'not modelled',
  },
];
