// Runs in a container in place of one of our services: tells what nginx sent it, or answers the status it is told to.
import { createServer } from 'node:http';

const { NAME = '', STATUS = '200' } = process.env;

// What libs/shared/src/http/http-server.ts gives a request as a whole.
const limits = { requestTimeout: 20_000, connectionsCheckingInterval: 1000 };
const server = createServer(limits, async (request, response) => {
  let bodyBytes = 0;
  try {
    for await (const chunk of request) bodyBytes += chunk.length;
  } catch {
    // Whoever sent it gave up, or was given up.
    return;
  }
  const { method, url, headers } = request;
  response.writeHead(Number(STATUS), {
    'content-type': 'application/json',
    traceresponse: '00-5b1b0f3e3b0f4f7e9a555f0a6f1e9d10-9a555f0a6f1e9d10-01',
  });
  response.end(JSON.stringify({ name: NAME, method, url, headers, bodyBytes }));
});

// A WebSocket server as far as a proxy can tell: what follows the upgrade comes back byte for byte.
server.on('upgrade', (_request, socket) => {
  const head = STATUS === '200' ? ['101 Switching Protocols', 'connection: upgrade', 'upgrade: websocket'] : [STATUS];
  socket.write(`HTTP/1.1 ${head.join('\r\n')}\r\nx-name: ${NAME}\r\ncontent-length: 0\r\n\r\n`);
  if (STATUS === '200') socket.pipe(socket);
  else socket.end();
});

// A thousand requests may come at once, each on a connection of its own.
server.listen({ port: 8080, backlog: 4096 });
process.on('SIGTERM', () => process.exit(0));
