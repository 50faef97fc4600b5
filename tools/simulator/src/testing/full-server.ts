import { connect, type Socket } from 'node:net';
import { startApplication } from './child-application.ts';

/** Takes no connection once two wait for it, as it never looks. */
const DEAF_SERVER = `
const server = require('node:net').createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  require('node:fs').writeSync(1, 'listening on ' + server.address().port + '\\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;

/** A server to which no connection can be opened, though none is refused either. */
export async function startFullServer(): Promise<AsyncDisposable & { readonly origin: string }> {
  const child = await startApplication(process.execPath, ['-e', DEAF_SERVER], {});
  const waiting = await Promise.all([waitInLine(child.port), waitInLine(child.port)]);
  return {
    origin: child.origin,
    async [Symbol.asyncDispose]() {
      for (const socket of waiting) socket.destroy();
      await child.stop();
    },
  };
}

function waitInLine(port: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect(port, '127.0.0.1', () => resolve(socket));
  // When the server is stopped the connection is reset.
  socket.on('error', reject);
  return promise;
}
