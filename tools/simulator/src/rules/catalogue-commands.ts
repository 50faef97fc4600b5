import type { Rule } from './rule.ts';
import { sources } from './sources.ts';

/** Text messages on the WebSocket after the first one. */
export const commandRules: readonly Rule[] = [
  {
    id: '3.5.1',
    title: 'The command `clear` throws away the audio that waits, and is answered by the event `websocket:cleared`.',
    known: 'The command is `{"action":"clear"}`. What is being played stops as well, and the event has no other key.',
    sources: [sources.webSocketGuide, sources.webSocketTranscription],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '3.5.2',
    title:
      'The command `notify` is answered by the event `websocket:notify` once all audio ahead of it has been played.',
    known: 'It is a marker in the play-out buffer, and the event has the same `payload` as the command.',
    sources: [sources.webSocketGuide, sources.webSocketTranscription],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '3.5.3',
    title: 'The `payload` of a `notify` command is an object.',
    known: "What is in it is the application's affair.",
    sources: [sources.webSocketGuide, sources.webSocketTranscription],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '3.5.4',
    title: 'A `clear` discards the `notify` commands that wait.',
    known: 'No source says whether they are discarded or answered, nor in which order the events would then come.',
    sources: [sources.inference],
    certainty: 'likely',
    status: 'modelled',
  },
  {
    id: '3.5.5',
    title: 'A key that is pressed comes as the event `websocket:dtmf` with `digit` and `duration`.',
    known: '`digit` is a text, one of 0 to 9, `*` and `#`; `duration` a whole number of ms.',
    sources: [sources.webSocketGuide, sources.webSocketTranscription],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '3.5.6',
    title: 'Text that is no command is passed over.',
    known: 'The open-source bridge dropped it with a warning. No document says what Vonage makes of it.',
    sources: [sources.wsbridge],
    certainty: 'likely',
    status: 'enforced',
  },
  {
    id: '3.5.7',
    title: "Vonage's own text sent back to it does no harm.",
    known:
      'Official tutorials on an echo do send the first message back. A note tells of it, since an echo is ' +
      'better one of audio alone.',
    sources: [sources.webSocketTutorial, sources.oldWebSocketGuide],
    certainty: 'likely',
    status: 'enforced',
  },
];
