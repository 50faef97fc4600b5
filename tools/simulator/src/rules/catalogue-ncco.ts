import type { Rule } from './rule.ts';
import { sources } from './sources.ts';

const reference = [sources.nccoReference, sources.voiceOpenApi];

/** The NCCO as a whole, and the actions talk, stream, record and conversation. */
export const nccoRules: readonly Rule[] = [
  {
    id: '2.0.1',
    title: 'An NCCO is an array of objects, each with an `action`.',
    known: 'Keys count letter by letter, capitals included: `eventurl` is not `eventUrl`.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.0.2',
    title: '`action` is the name of a known action.',
    known:
      'The names are talk, stream, record, conversation, connect, input, notify, wait and transfer. Any ' +
      'other is a syntax error of the whole NCCO.',
    sources: [...reference, sources.webhookReference],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.0.3',
    title: '`eventUrl` is an array with one URL.',
    known: "The reference has it as an array wherever it occurs; Vonage's Ruby SDK insists on exactly one text in it.",
    sources: [sources.nccoReference, sources.rubySdk],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.0.4',
    title: '`eventMethod` is GET or POST, and POST unless given.',
    known: 'It goes with the `eventUrl` of the same action.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.0.5',
    title: 'Actions run in their order, and the call ends when none is left.',
    known: 'There is no action that hangs up: a call ends by having nothing left to do.',
    sources: [sources.nccoReference, sources.callFlowGuide],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '2.0.6',
    title: 'An action holds up the next one, except for record, and for talk and stream with `bargeIn`.',
    known:
      'Those that do are conversation, connect, input, notify, wait and transfer, and talk and stream ' +
      'without `bargeIn`. What that means for a connect whose leg is up is the matter of rule 2.5.9.',
    sources: [sources.nccoReference, sources.callFlowGuide],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '2.0.7',
    title: 'A number or a boolean of an NCCO may be written as a text, `"45"` or `"true"`.',
    known:
      'The reference calls a value of a wrong type a syntax error. But a guide by Vonage itself has such ' +
      'texts, the PHP and .NET SDKs send them, and the Node SDK has them as types. With `noted` the text is ' +
      'taken for its value, which has to be in the range all the same.',
    sources: [
      sources.nccoReference,
      'Vonage guide to creating conferences',
      sources.nodeSdk,
      sources.phpSdk,
      'Vonage .NET SDK',
    ],
    certainty: 'conflict',
    status: 'enforced',
  },
  {
    id: '2.1.1',
    title: '`text` of talk is a text, and required.',
    known: 'It is the only key that talk needs besides `action`.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.1.2',
    title: '`text` of talk has at most 1500 characters.',
    known: 'The tags of SSML are not counted.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.1.3',
    title: '`bargeIn` of talk is a boolean, and lets the next action begin while the text is spoken.',
    known: 'It is false unless given. Once true, it stays in force until the input action that follows.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.1.4',
    title: 'After a talk with `bargeIn`, the first later action that is no talk must be an input.',
    known: 'Other talk actions may stand between the two.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.1.5',
    title: '`loop` of talk is a whole number from 0.',
    known: 'It is 1 unless given, and 0 means for ever.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.1.6',
    title: '`level` of talk is a number from -1 to 1.',
    known: 'It is the volume, in steps of 0.1, and 0 unless given.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.1.7',
    title: '`language` of talk is a BCP 47 code, `style` a whole number from 0, and `premium` a boolean.',
    known:
      'They are en-US, 0 and false unless given. `voiceName`, which came before them, is deprecated and ' +
      'still found in old samples.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.1.8',
    title: '`provider` and `providerOptions` of talk need each other.',
    known:
      'Both were added in 2026: a text, google for instance, and an object. That neither may stand alone ' +
      "is known from a check in Vonage's Ruby SDK only.",
    sources: [sources.rubySdk],
    certainty: 'likely',
    status: 'enforced',
  },
  {
    id: '2.1.9',
    title: 'SSML in the `text` of talk must stand inside `<speak>`.',
    known: 'It wraps the whole text, from `<speak>` to `</speak>`.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.2.1',
    title: '`streamUrl` of stream is an array with exactly one URL, and required.',
    known: 'A URL without the array is a value of a wrong type.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.2.2',
    title: '`level`, `loop` and `bargeIn` of stream have the ranges and defaults that they have in talk.',
    known:
      '`level` is a number from -1 to 1, and 0 unless given; `loop` a whole number from 0, where 0 means ' +
      'for ever, and 1 unless given; `bargeIn` a boolean, and false unless given.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.2.3',
    title: 'What `streamUrl` leads to is an MP3 file or a WAV file of 16 bits.',
    known: 'The reference names no other format.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.3.1',
    title: '`format` of record is mp3, wav or ogg, and `beepStart` a boolean.',
    known:
      'The format is mp3 unless given, and wav where there are more than two channels; `beepStart` is ' +
      'false unless given.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.3.2',
    title: '`split` of record is conversation, and `channels` a whole number from 1 to 32 that needs it.',
    known: 'Without `split` there is nothing that could go into channels of its own.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.3.3',
    title: '`endOnSilence` of record is 3 to 10 s.',
    known: 'The recording ends after so much silence. There is no default.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.3.4',
    title: '`endOnKey` of record is one key of 0 to 9, `*` and `#`.',
    known: 'The recording ends when that key is pressed. There is no default.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.3.5',
    title: '`timeOut` of record is 3 to 7200 s.',
    known: 'The recording ends after so long. There is no default.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.3.6',
    title: '`transcription` of record is an object with `language`, `eventUrl`, `eventMethod` and `sentimentAnalysis`.',
    known: '`eventUrl` is an array here too, and `sentimentAnalysis` a boolean that is false unless given.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.3.7',
    title: 'A record without a way to end goes on beside the next actions until the call is over.',
    known:
      'So says the present reference of a record with neither `endOnSilence` nor `endOnKey` nor `timeOut`. ' +
      'In the edition of 2021 the next action ran without a recording.',
    sources: [sources.nccoReference, sources.oldNccoReference],
    certainty: 'conflict',
    status: 'modelled',
  },
  {
    id: '2.4.1',
    title: '`name` of conversation is a text, and required.',
    known: 'It names the conversation within the application.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.4.2',
    title: '`musicOnHoldUrl` of conversation is an array with one URL.',
    known: 'The present reference has an array; older text has the URL alone.',
    sources: [sources.nccoReference, sources.oldNccoReference],
    certainty: 'conflict',
    status: 'enforced',
  },
  {
    id: '2.4.3',
    title: '`startOnEnter`, `endOnExit` and `record` of conversation are booleans.',
    known: '`startOnEnter` is true and `endOnExit` false unless given.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.4.4',
    title:
      '`canSpeak` and `canHear` of conversation are arrays of leg ids, and `mute` a boolean that excludes `canSpeak`.',
    known: 'The two arrays say who hears this leg, and whom it hears; without them that is everybody.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.4.5',
    title: '`transcription` of conversation needs `record` to be true.',
    known: 'It has the keys that it has in record.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.4.6',
    title: 'Calls that join a conversation of the same name hear each other.',
    known:
      'Names are unique within an application. A conversation has room for 50 members; here they are not ' +
      'counted. Whatever else the call is connected to moves there with the caller.',
    sources: reference,
    certainty: 'certain',
    status: 'modelled',
  },
];
