import type { Deployment } from '../deployment.ts';
import type { StreamMessage } from './checker.ts';

/** Messages that are read at a time. */
const BATCH = 10_000;

/** Runs in the container of `events`, as NATS is published nowhere: writes messages of the stream, each a line. */
const READ_BATCH = `
  import { connect } from 'nats';
  const [first, most] = process.argv.slice(1).map(Number);
  const nats = await connect({ servers: process.env.NATS_URL });
  const jetstream = nats.jetstream();
  const { state } = await (await nats.jetstreamManager()).streams.info('CALLS');
  let left = Math.min(most, state.last_seq - first + 1);
  if (left > 0) {
    const consumer = await jetstream.consumers.get('CALLS', { opt_start_seq: first });
    for await (const message of await consumer.fetch({ max_messages: left })) {
      console.log(message.seq + ' ' + Buffer.from(message.data).toString('base64'));
      left -= 1;
      if (left === 0) break;
    }
    if (left > 0) throw new Error(left + ' messages did not come');
  }
  await nats.close();
`;

/** Every message of the stream, in its order. */
export async function readStream(deployment: Deployment): Promise<StreamMessage[]> {
  const messages: StreamMessage[] = [];
  for (;;) {
    const first = (messages.at(-1)?.sequence ?? 0) + 1;
    const script = ['node', '--input-type=module', '--eval', READ_BATCH, String(first), String(BATCH)];
    const lines = await deployment.compose('exec', '-T', 'events', ...script);
    for (const line of lines.split('\n').filter((text) => text !== '')) {
      const [sequence, body = ''] = line.split(' ');
      messages.push({ sequence: Number(sequence), body: Buffer.from(body, 'base64') });
    }
    if ((messages.at(-1)?.sequence ?? 0) < first + BATCH - 1) return messages;
  }
}
