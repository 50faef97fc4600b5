import type { Rule } from './rule.ts';
import { sources } from './sources.ts';

const reference = [sources.nccoReference, sources.voiceOpenApi];

/** The action connect, and its endpoints. */
export const connectRules: readonly Rule[] = [
  {
    id: '2.5.1',
    title: '`endpoint` of connect is an array with exactly one endpoint.',
    known: 'The endpoint is an object whose `type` is phone, app, websocket, sip or vbc.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.5.2',
    title: "`from` of connect is a Vonage number of one's own, and excludes `randomFromNumber`.",
    known:
      'Any other value makes an unknown caller. For an app it is left out; for a WebSocket the value is ' +
      'cosmetic, and official samples put words there. That one of the two keys must be present is a check ' +
      'of the Python SDK, not of the API.',
    sources: [...reference, sources.samples, sources.pythonSdk],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.5.3',
    title: '`eventType` of connect is synchronous, or absent.',
    known: 'With it the action blocks, and the reply to an event may hold another NCCO (rule 2.5.21).',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.5.4',
    title: '`timeout` of connect is 3 to 7200 s of ringing.',
    known:
      'It is 60 s unless given. The range is known from the Java SDK alone; with `any` every positive ' +
      'number is let through. While it rings the caller hears `ringbackTone`, the URL of an MP3 or WAV ' +
      'file, where there is one.',
    sources: [sources.nccoReference, sources.javaSdk],
    certainty: 'likely',
    status: 'enforced',
  },
  {
    id: '2.5.5',
    title: '`limit` of connect is 1 to 7200 s.',
    known: 'The leg is ended after so long. It is 7200 s unless given.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.5.6',
    title: '`machineDetection` of connect is continue or hangup.',
    known:
      'Without it nobody finds out whether a machine has answered. `advancedMachineDetection` is an object ' +
      'with `behavior`, which is continue or hangup, `mode`, which is default, detect or detect_beep, and ' +
      '`beep_timeout`; it wins where both are given.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.5.7',
    title: '`beep_timeout` of advanced machine detection is 45 to 120 s.',
    known:
      'The text of the reference has 45 to 120, the OpenAPI 30 to 120. The narrower range is taken unless ' +
      'told otherwise.',
    sources: reference,
    certainty: 'conflict',
    status: 'enforced',
  },
  {
    id: '2.5.8',
    title:
      'The key of advanced machine detection in an NCCO is spelt `advancedMachineDetection` or ' +
      '`advanced_machine_detection`.',
    known:
      'The Java and Python SDKs write the former; the Ruby and .NET SDKs write the latter, which is the ' +
      'spelling of the REST API.',
    sources: [sources.javaSdk, sources.pythonSdk, sources.rubySdk, 'Vonage .NET SDK'],
    certainty: 'conflict',
    status: 'enforced',
  },
  {
    id: '2.5.9',
    title: 'After a connect that is not synchronous, the next action begins as soon as the new leg is up.',
    known:
      'The documents have connect among the actions that block, and are ambiguous about a leg that is up. ' +
      'In live calls a talk behind a WebSocket connect was heard as soon as the socket was open, and two ' +
      'connects brought two legs into one conversation. Where the other side is busy or unavailable, all ' +
      'sources agree that the next action follows.',
    sources: [sources.hybridclaw, sources.nccoReference, sources.callFlowGuide],
    certainty: 'likely',
    status: 'modelled',
  },
  {
    id: '2.5.10',
    title: 'Where a WebSocket connect is the last action, the call lives as long as the socket.',
    known:
      'When the socket has closed and no action is left, the call completes. That is documented for a ' +
      'socket that the application closes, and likely for the rest.',
    sources: [sources.webSocketGuide, sources.callFlowGuide],
    certainty: 'likely',
    status: 'modelled',
  },
  {
    id: '2.5.11',
    title: '`uri` of a WebSocket endpoint is a `ws://` or `wss://` address.',
    known: 'It may have a query, which is one of the places for the id of the call.',
    sources: [...reference, sources.webSocketGuide],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.5.12',
    title: '`uri` of a WebSocket endpoint may be of any length.',
    known:
      'An old specification has 50 characters at most. An address of about 2 KB, signed for one use, has ' +
      'worked in a live call.',
    sources: [sources.presignedUrl, sources.oldVoiceOpenApi],
    certainty: 'likely',
    status: 'enforced',
  },
  {
    id: '2.5.13',
    title: '`audio/l16;rate=24000` is a content type as good as the other two.',
    known:
      'The OpenAPI, the present WebSocket guide and the Node, Java, Ruby and PHP SDKs have it. The Python ' +
      "SDK of January 2026, the NCCO reference when last seen, and a third party's transcription of the " +
      'guide do not. It has not been seen in a capture.',
    sources: [
      sources.voiceOpenApi,
      sources.webSocketGuide,
      sources.nodeSdk,
      sources.javaSdk,
      sources.rubySdk,
      sources.phpSdk,
      sources.pythonSdk,
      sources.nccoReference,
      sources.webSocketTranscription,
    ],
    certainty: 'conflict',
    status: 'enforced',
  },
  {
    id: '2.5.14',
    title: 'An NCCO with `headers` of more than 512 bytes for a WebSocket endpoint is refused.',
    known:
      'That 512 bytes in all are the limit is documented; what happens beyond it is not, and refusing the ' +
      'NCCO is the stricter way to take it. The values are texts as a rule, and nested objects in some ' +
      'official examples.',
    sources: [sources.webSocketGuide, sources.voiceOpenApi],
    certainty: 'likely',
    status: 'enforced',
  },
  {
    id: '2.5.15',
    title: '`authorization` of a WebSocket endpoint has the type vonage, or the type custom and a `value`.',
    known:
      'The type is vonage unless given, and then a `value` is passed over. A custom value goes into the ' +
      'header as it is: printable ASCII, in the Java SDK of at most 8191 characters. Without the object ' +
      'the upgrade has no Authorization header.',
    sources: [sources.voiceOpenApi, sources.nccoReference, sources.javaSdk, sources.nodeSdk],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.5.16',
    title: 'The format of a WebSocket is in the key `content-type`, as one of the known values letter by letter.',
    known:
      'The key has a hyphen: objects of the SDKs have `contentType`, which the SDKs rewrite. The values ' +
      'are `audio/l16;rate=8000` and `audio/l16;rate=16000`; 24000 has a rule of its own, 2.5.13. The ' +
      'OpenAPI has the key as required, the open-source bridge took 16000 without it.',
    sources: [sources.voiceOpenApi, sources.webSocketGuide, sources.nodeSdk, sources.wsbridge],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.5.17',
    title: 'A phone endpoint has a `number` of 7 to 15 digits.',
    known:
      'It may have `dtmfAnswer`, keys of 0 to 9, `*`, `#` and p for a pause of 500 ms, `onAnswer`, whose ' +
      '`url` has the NCCO for the one who is called and whose `ringbackTone` was once named `ringback`, ' +
      'and `shaken`, a text.',
    sources: [...reference, sources.javaSdk],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.5.18',
    title: 'An app endpoint has a `user`.',
    known: 'It is the name of a user of the Client SDK.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.5.19',
    title: 'A sip endpoint has a `uri`, or a `domain` and a `user` in its place.',
    known:
      '`headers`, an object, become SIP headers that begin with X-. `standardHeaders` has User-to-User; in ' +
      'the REST API its name is `standard_headers`.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.5.20',
    title: 'A vbc endpoint has an `extension`.',
    known: 'It is one of Vonage Business Communications.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.5.21',
    title: 'With a synchronous connect, an NCCO in the reply to a failing state takes the place of the current one.',
    known:
      'Every state of the leg goes to the `eventUrl`; the failing ones are timeout, failed, rejected, ' +
      'unanswered and busy, and disconnected for a socket. An empty reply lets the flow go on. That `[]` ' +
      'in reply to the other states does no harm is likely, as an official sample sends it.',
    sources: [sources.nccoReference, sources.webhookReference, sources.snippets],
    certainty: 'likely',
    status: 'modelled',
  },
];
