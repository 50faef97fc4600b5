import type { Rule } from './rule.ts';
import { sources } from './sources.ts';

/** The audio on the WebSocket, in either direction. */
export const audioRules: readonly Rule[] = [
  {
    id: '3.3.1',
    title: 'A binary message to the application is 20 ms of audio: 320, 640 or 960 bytes.',
    known:
      'They are 160 samples at 8 kHz, 320 at 16 kHz and 480 at 24 kHz, two bytes each. The last is ' +
      'arithmetic and the code of third parties: 24 kHz has a rule of its own, 2.5.13.',
    sources: [sources.webSocketGuide, sources.webSocketTranscription],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '3.3.2',
    title: 'Fifty such messages come each second.',
    known: 'That is one every 20 ms, at any sample rate.',
    sources: [sources.webSocketGuide, sources.webSocketTranscription],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '3.3.3',
    title: 'Samples are signed 16-bit integers, little-endian, of one channel, without a header.',
    known:
      'The name L16 stands for big-endian in RTP. Here it is little-endian: so the transcription of the ' +
      'guide says, and the samples take it so.',
    sources: [sources.webSocketTranscription, sources.samples],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '3.3.4',
    title: 'Messages come while nobody speaks, too.',
    known:
      'Applications of third parties take the stream as one without gaps. The open-source bridge sent ' +
      'nothing where there was nothing to hear.',
    sources: [sources.pipecat, sources.dograh, sources.wsbridge],
    certainty: 'likely',
    status: 'modelled',
  },
  {
    id: '3.4.1',
    title: 'A binary message from the application is exactly one frame of 20 ms.',
    known:
      'Its size is that of the other direction. Many frames in a short time are fine, one large message is ' +
      'not, and a shorter one at the end is to be filled up with zeros.',
    sources: [sources.webSocketGuide, sources.vocode],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '3.4.2',
    title: 'At a message of another size Vonage closes the connection, which the application sees as 1006.',
    known:
      'In a live call Vonage logged an unexpected frame size of 160 where 320 was required, counted in ' +
      'samples. The open-source bridge was more lenient: it cut long messages to one frame, and warned of ' +
      'short ones.',
    sources: [sources.vocode, sources.wsbridge],
    certainty: 'certain',
    status: 'enforced',
  },
  {
    id: '3.4.3',
    title: 'Audio is played in real time, and may be sent faster than that.',
    known:
      'What is ahead waits in a buffer (rule 3.4.5). For long material a tutorial sends a message every 18 ' +
      'to 19 ms.',
    sources: [sources.webSocketTutorial, sources.webSocketGuide],
    certainty: 'certain',
    status: 'modelled',
  },
  {
    id: '3.4.4',
    title: 'A message in several fragments is not played.',
    known: 'The open-source bridge passed over fragments that were not the last. No document speaks of them.',
    sources: [sources.wsbridge],
    certainty: 'likely',
    status: 'enforced',
  },
  {
    id: '3.4.5',
    title: 'The play-out buffer holds 3072 messages.',
    known:
      'That is about 61 s, and the figure of the present tutorial. Older documents have 1024 messages, ' +
      'about 20 s.',
    sources: [sources.webSocketTutorial, sources.webSocketTranscription, sources.oldWebSocketGuide],
    certainty: 'conflict',
    status: 'modelled',
  },
  {
    id: '3.4.6',
    title: 'A message for which the play-out buffer has no room is dropped.',
    known:
      'No document says what happens past the limit. The open-source bridge dropped the message and warned ' +
      'of an overrun; that the connection is closed would be the other way to take it.',
    sources: [sources.wsbridge],
    certainty: 'likely',
    status: 'enforced',
  },
  {
    id: '3.4.7',
    title: 'A gap in the audio of the application is heard.',
    known:
      'Audio that comes slower than real time, or by an uneven timer, sounds choppy. Whoever wants silence ' +
      'sends frames of zeros: the open-source bridge filled gaps with comfort noise, and here they are ' +
      'silent and counted.',
    sources: [sources.webSocketGuide, sources.wsbridge],
    certainty: 'certain',
    status: 'modelled',
  },
];
