// The least that takes a webhook and keeps it: express, the body as it came, a publish to JetStream, 204 behind its
// acknowledgement. No signature, no headers, no log, no trace, no consumer.
import express from 'express';
import { connect } from 'nats';

const { NATS_URL = '', PORT = '0' } = process.env;
const connection = await connect({ servers: NATS_URL.replace('nats://', '') });
const manager = await connection.jetstreamManager();
await manager.streams.add({ name: 'BARE', subjects: ['bare.>'] });
const jetStream = connection.jetstream();

const app = express();
app.post('/webhooks/event', express.raw({ type: () => true }), async (req, res) => {
  const { uuid, status, timestamp } = JSON.parse(req.body.toString());
  await jetStream.publish(`bare.${uuid}.${status}`, req.body, { msgID: `${uuid}:${status}:${timestamp}` });
  res.status(204).end();
});
app.listen(Number(PORT), '127.0.0.1', () => process.stdout.write('listening\n'));
process.on('SIGTERM', () => process.exit(0));
