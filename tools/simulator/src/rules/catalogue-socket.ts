import type { Rule } from './rule.ts';
import { sources } from './sources.ts';

/** The WebSocket: how it is opened, and its first message. */
export const socketRules: readonly Rule[] = [
  {
    id: '3.1.1',
    title: 'Vonage is the client of the WebSocket, and opens one for each WebSocket leg.',
    known: 'The application is the server, and is called at the `uri` of the endpoint.',
    sources: [sources.webSocketGuide],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '3.1.2',
    title: 'A socket hears a mix of everyone else in the conversation.',
    known: 'It is a participant like any other: it never hears itself, and never one leg alone where there are more.',
    sources: [sources.webSocketGuide],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '3.1.3',
    title: 'The upgrade is a plain GET, with an Authorization header only where the endpoint asks for one.',
    known:
      'No other header is documented beyond those of RFC 6455. The upgrade does not name the call, unless ' +
      'the application put an id into the `uri`.',
    sources: [sources.webSocketGuide, sources.voiceOpenApi],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '3.1.4',
    title: "The NCCO's `headers` are not HTTP headers of the upgrade.",
    known:
      "Vonage's guide has them in the first message. A third party's transcription of it says that they " +
      'are on the upgrade as well.',
    sources: [sources.webSocketGuide, sources.webSocketTranscription],
    certainty: 'conflict',
    status: 'modelled',
  },
  {
    id: '3.1.5',
    title: 'The upgrade offers no sub-protocol, no Origin and no compression.',
    known:
      'Nothing is documented about them. The open-source bridge offered the sub-protocol `WSBRIDGE` and ' +
      'put the host into Origin, which `wsbridge` does too.',
    sources: [sources.wsbridge],
    certainty: 'likely',
    status: 'modelled',
  },
  {
    id: '3.2.1',
    title: 'The first message is a JSON text of the event `websocket:connected` with the `content-type`.',
    known: 'It has no id of the call, unless the application put one into the `headers`.',
    sources: [sources.webSocketGuide, sources.webSocketTranscription],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '3.2.2',
    title: "The endpoint's `headers` are keys of the first message itself.",
    known: 'They stand at its top level; there is no object named `headers` in it.',
    sources: [sources.webSocketGuide, sources.webSocketTranscription],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '3.2.3',
    title: 'The first message has the key `event`.',
    known: 'It has had it since 2020. Before that it was the content type and the headers alone.',
    sources: [sources.webSocketGuide, sources.oldWebSocketGuide],
    certainty: 'conflict',
    status: 'modelled',
  },
  {
    id: '3.2.4',
    title: 'The JSON of the first message begins without a space.',
    known:
      'The open-source bridge put a space in front of it, which a JSON parser passes over. The order of ' +
      'the keys is not to be relied on either.',
    sources: [sources.wsbridge],
    certainty: 'likely',
    status: 'modelled',
  },
  {
    id: '3.2.5',
    title: "Headers named `event` or `content-type` collide with the first message's own keys.",
    known: "No source says which of the two wins. Here the application's wins, and a note tells of it.",
    sources: [sources.webSocketGuide, sources.inference],
    certainty: 'likely',
    status: 'enforced',
  },
  {
    id: '3.2.6',
    title: 'The first message comes before any audio.',
    known: 'It is documented as the first. Two servers by third parties take precautions against audio ahead of it.',
    sources: [sources.webSocketGuide, sources.dograh],
    certainty: 'likely',
    status: 'modelled',
  },
];
