import type { Rule } from './rule.ts';
import { sources } from './sources.ts';

/** How a WebSocket ends or fails, and what keeps it alive. */
export const socketEndRules: readonly Rule[] = [
  {
    id: '3.6.1',
    title: 'When the caller hangs up, the socket is closed without a message before it, and `completed` events follow.',
    known:
      'That the socket is closed is documented. That no message announces it is likely: only one ' +
      'unverified text by a third party has a `websocket:hangup`, and `websocket:disconnected` belongs to ' +
      'the Video API.',
    sources: [sources.webSocketGuide, sources.webSocketTranscription],
    certainty: 'likely',
    status: 'modelled',
  },
  {
    id: '3.6.2',
    title:
      'When the application closes the socket, the leg has a `disconnected` event, and its reply decides what is next.',
    known:
      "The event goes to the leg's `eventUrl`. An NCCO in the reply takes over; without one the next " +
      'action follows, and where none is left the call completes.',
    sources: [sources.webSocketGuide, sources.webhookReference],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '3.6.3',
    title: 'A WebSocket leg that is hung up by REST has no `disconnected` event.',
    known: 'It is the recommended way to end a leg on purpose, so that `disconnected` always stands for an accident.',
    sources: [sources.webSocketGuide],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '3.6.4',
    title: 'A socket that cannot be opened makes the leg fail, and the flow goes on.',
    known:
      'With a synchronous connect there is an event with the status failed or unanswered, and its reply ' +
      'may hold an NCCO. Otherwise the next action follows, and where none is left the call completes.',
    sources: [sources.webSocketGuide, sources.nccoReference],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '3.6.5',
    title: 'Vonage does not open a socket again that has closed.',
    known:
      'An application that wants its socket back replies to the `disconnected` event with an NCCO that ' +
      'connects it anew.',
    sources: [sources.webSocketGuide],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '3.6.6',
    title: 'When the call ends, Vonage closes the socket with the code 1000.',
    known:
      'Close codes are not documented; 1000 and 1006, which is a connection without a close frame, are to ' +
      'be expected.',
    sources: [sources.inference],
    certainty: 'likely',
    status: 'modelled',
  },
  {
    id: '3.6.7',
    title: 'Vonage sends no pings.',
    known:
      'Pings are not documented. An application answers them by RFC 6455 in any case; with `20s` there is ' +
      'one every 20 s.',
    sources: [sources.inference, sources.webSocketStandard],
    certainty: 'likely',
    status: 'modelled',
  },
  {
    id: '3.6.8',
    title: 'A certificate that no known authority has signed is refused.',
    known:
      'For webhooks a support article has trouble with the certificate among the failures that are final. ' +
      'For sockets nothing is documented, and the open-source bridge accepted any certificate. The switch ' +
      'counts for both.',
    sources: [sources.nccoSupport, sources.wsbridge],
    certainty: 'likely',
    status: 'enforced',
  },
  {
    id: '3.6.9',
    title: 'A ping of the application is answered with a pong.',
    known:
      'RFC 6455 asks for it. No document mentions it, and no source tells of trouble with a ping every 20 ' +
      'to 30 s.',
    sources: [sources.webSocketStandard],
    certainty: 'likely',
    status: 'modelled',
  },
];
