// Stands for what takes a service's traces and its log lines in a deployment, a collector and a log driver: a process of its
// own, so that neither is the load generator's work. Traces come by HTTP at TRACES_PORT, lines by stdin; both are let go.
import { createServer } from 'node:http';

process.stdin.resume();
const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
});
server.listen(Number(process.env.TRACES_PORT), '127.0.0.1');
process.on('disconnect', () => process.exit(0));
