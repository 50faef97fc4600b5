import type { Rule } from './rule.ts';
import { sources } from './sources.ts';

const reference = [sources.nccoReference, sources.voiceOpenApi];

/** The actions input, notify, wait and transfer. */
export const inputRules: readonly Rule[] = [
  {
    id: '2.6.1',
    title: '`type` of input is an array of dtmf, speech or both, and required.',
    known: 'A text without the array is a value of a wrong type.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.6.2',
    title: '`timeOut` of `dtmf` is 0 to 10 s, and `submitOnHash` a boolean.',
    known: 'They are 3 s and false unless given, and stand in the object `dtmf`.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.6.3',
    title: '`maxDigits` of `dtmf` is a whole number from 1 to 20.',
    known: 'It is 4 unless given. The reference ends at 20; the Ruby SDK lets 22 through.',
    sources: [sources.nccoReference, sources.rubySdk],
    certainty: 'conflict',
    status: 'enforced',
  },
  {
    id: '2.6.4',
    title: 'The settings of `speech` keep to their types and ranges.',
    known:
      '`endOnSilence` is 0.4 to 10 s and 2 unless given, `maxDuration` 1 to 60 s and 60 unless given, ' +
      '`sensitivity` 10 to 100 and 90 unless given, `saveAudio` a boolean and false unless given. `uuid` ' +
      'is an array with one leg id, `context` an array of texts, and `language` a BCP 47 code, en-US ' +
      'unless given. `provider` is a text, and `providerOptions` an object.',
    sources: [...reference, sources.rubySdk, sources.javaSdk],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.6.5',
    title: '`startTimeout` of `speech` is 1 to 60 s.',
    known: 'It is 10 s unless given. The present range ends at 60 s, an older one at 10 s.',
    sources: [sources.nccoReference, sources.oldNccoReference],
    certainty: 'conflict',
    status: 'enforced',
  },
  {
    id: '2.6.6',
    title: '`mode` of input is synchronous or asynchronous, and the latter is for dtmf alone.',
    known:
      'It is synchronous unless given. An asynchronous input has no settings for `dtmf`, and each key is ' +
      'an event of its own.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.6.7',
    title: 'An NCCO in the reply to an input event takes the place of what is left.',
    known: 'Without one the next action follows.',
    sources: [sources.nccoReference, sources.webhookReference],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '2.6.8',
    title: 'An input may be without `type`, as references before 2021 had it.',
    known:
      'The present reference asks for it (rule 2.6.1). Older ones had `timeOut`, `maxDigits` and ' +
      '`submitOnHash` in the action itself, and `speech` as an object; the PHP and .NET SDKs send inputs ' +
      'without `type`. With `noted` such an input is taken as dtmf, and as speech where there is a `speech`.',
    sources: [sources.nccoReference, 'Vonage NCCO reference, editions before 2021', sources.phpSdk, 'Vonage .NET SDK'],
    certainty: 'conflict',
    status: 'enforced',
  },
  {
    id: '2.7.1',
    title:
      '`notify` needs an object as `payload`, and an `eventUrl`; an NCCO in the reply takes the place of what is left.',
    known: 'An empty reply lets the flow go on.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.7.2',
    title: '`timeout` of wait is brought into the range from 0.1 to 7200 s.',
    known:
      'It is a number, fractions allowed, and 10 s unless given. A number out of the range is no mistake: ' +
      'the nearer end is taken.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.7.3',
    title: '`transfer` needs a `conversationId`, moves the legs there, and is the last action.',
    known:
      'The id begins with `CON-`. `mute`, `canSpeak` and `canHear` may go with it, and all legs of the ' +
      'conversation move.',
    sources: reference,
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '2.7.4',
    title: '`pay` is no action any more.',
    known: 'It has been withdrawn; what an application still has of payment settings is left over from it.',
    sources: [sources.nccoReference],
    certainty: 'certain',
    status: 'enforced',
  },
];
