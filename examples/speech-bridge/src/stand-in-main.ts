import { parseArgs } from 'node:util';
import { converse, StandIn } from './testing/stand-in.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '8790' }, token: { type: 'string' } } });

const standIn = await StandIn.start({
  port: Number(values.port),
  ...(values.token !== undefined && { token: values.token }),
  onSession(session) {
    const say = (what: string) => process.stdout.write(`${new Date().toISOString().slice(11, 23)} ${what}\n`);
    say('a call has come');
    converse(session);
    const { onSpeech, onMessage } = session;
    session.onSpeech = (what) => {
      say(what === 'began' ? 'the caller talks' : 'the caller has done: he is answered');
      onSpeech(what);
    };
    session.onMessage = (message) => {
      if (message.type === 'response.truncated') say(`he heard ${message.heardMs} ms of ${message.responseId}`);
      else if (message.type === 'key.pressed') say('a key');
      onMessage(message);
    };
    session.socket.on('close', () => say(`the call is over, after ${Math.round(session.audioMs / 1000)} s`));
  },
});

const token = values.token === undefined ? '' : ' SPEECH_TOKEN=…';
process.stdout.write(`A stand-in for a speech service listens on ${standIn.url}. Now, in another terminal:

  HANDLER_MODULES=@kodama/example-speech-bridge HANDLER=speech-bridge SPEECH_URL=${standIn.url}${token} npm start

and call it in a third one:

  npm run call -- --no-echo --seconds 12 --out heard.wav

`);

process.once('SIGINT', () => void standIn[Symbol.asyncDispose]());
process.once('SIGTERM', () => void standIn[Symbol.asyncDispose]());
