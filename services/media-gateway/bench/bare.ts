import { PTIME_MS } from '@kodama/shared/voice';
import { type WebSocket, WebSocketServer } from 'ws';
import { measured } from './measured.ts';
import { pin } from './pin.ts';

// The least that could play: one buffer to every socket each 20 ms, in four turns, and no look at what comes in.
pin();
const { sampleRateHz } = JSON.parse(process.argv[2] ?? '') as { sampleRateHz: number };
const frame = Buffer.alloc((sampleRateHz * 2 * PTIME_MS) / 1000, 1);
const TURNS = 4;
const TURN_MS = PTIME_MS / TURNS;

const sockets: WebSocket[] = [];
const beganMs = performance.now();
let turns = 0;
let late = 0;
function turn(): void {
  const nowMs = performance.now();
  for (; beganMs + turns * TURN_MS <= nowMs; turns++) {
    for (let index = turns % TURNS; index < sockets.length; index += TURNS) {
      if (nowMs - (beganMs + turns * TURN_MS) > PTIME_MS) late += 1;
      sockets[index]?.send(frame);
    }
  }
  setTimeout(turn, Math.max(0, Math.ceil(beganMs + turns * TURN_MS - performance.now())));
}
turn();

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('message', () => {});
  sockets.push(socket);
});
server.on('listening', () => measured((server.address() as { port: number }).port, () => late));
