import { bytesOf, defineHandler, pcmConverter } from '@kodama/handler-kit';
import { integer, url } from '@kodama/shared/config';
import { z } from 'zod';
import { type MessageFromService, SERVICE_AUDIO } from './protocol.ts';
import { ResponsePlayer } from './response-player.ts';
import { SpeechConnection } from './speech-connection.ts';

/** Joins a call to a speech service: the caller's audio goes there, what the service answers is played to him. */
export const speechBridge = defineHandler({
  name: 'speech-bridge',
  settings: {
    // Without a default: one would turn a forgotten variable into silent calls. Optional: a gateway that has this handler
    // among others starts without it, and only the calls that want it fail, with a line that says why.
    SPEECH_URL: url('ws', 'wss').optional().describe('where the speech service is, e.g. ws://127.0.0.1:8790'),
    SPEECH_TOKEN: z
      .string()
      .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII, without blanks')
      .optional()
      .describe('what the speech service knows us by'),
    SPEECH_TIMEOUT_MS: integer({ min: 100, max: 60_000 })
      .default(5000)
      .describe('milliseconds that the speech service may take to start a session or to answer a ping, e.g. 5000'),
  },

  state(call) {
    const player = new ResponsePlayer(call.out);
    const hold = () => {
      if (!player.isFull) return;
      service.pause();
      void player.room().then(() => service.resume());
    };
    const service = new SpeechConnection({
      url: call.settings.SPEECH_URL,
      token: call.settings.SPEECH_TOKEN,
      timeoutMs: call.settings.SPEECH_TIMEOUT_MS,
      call,
      onAudio(audio) {
        player.add(audio);
        hold();
      },
      onMessage(message) {
        take(message, player, service);
        hold();
      },
      onLost: () => player.lose(),
    });
    return { service, player, toService: pcmConverter(call.format, SERVICE_AUDIO) };
  },

  async onStart(call) {
    await call.state.service.run();
    // The service has said goodbye: the caller hears it to the end.
    await call.state.player.played();
    call.end();
  },

  onAudio({ state }, frame) {
    state.service.sendAudio(bytesOf(state.toService.convert(frame)));
  },

  onDtmf({ state }, { digit }) {
    state.service.send({ type: 'key.pressed', digit });
  },

  onEnd({ state }) {
    return state.service.close();
  },
});

function take(message: MessageFromService, player: ResponsePlayer, service: SpeechConnection): void {
  switch (message.type) {
    case 'response.started':
      player.begin(message.responseId);
      break;
    case 'response.finished':
      player.finish(message.responseId);
      break;
    case 'speech.started':
      for (const truncated of player.interrupt()) service.send(truncated);
      break;
    default:
      // What is about the session itself does not come here.
      break;
  }
}
