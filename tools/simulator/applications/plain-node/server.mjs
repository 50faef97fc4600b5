// A voice call that hears itself: the smallest Vonage WebSocket app.
//
//   npm install ws
//   PORT=3000 node server.mjs
import http from 'node:http';
import { WebSocketServer } from 'ws';

const server = http.createServer((req, res) => {
  const path = req.url.split('?')[0];

  if (req.method === 'GET' && path === '/webhooks/answer') {
    const ncco = [
      {
        action: 'talk',
        text: 'Hi! Say something and you will hear it again.',
      },
      {
        action: 'connect',
        from: 'NodeEcho',
        endpoint: [
          {
            type: 'websocket',
            uri: `ws://${req.headers.host}/socket`,
            'content-type': 'audio/l16;rate=16000',
            headers: {
              app: 'plain-node',
            },
          },
        ],
      },
    ];
    res.writeHead(200, { 'Content-Type': 'application/json' });
    res.end(JSON.stringify(ncco));
    return;
  }

  if (req.method === 'POST' && path === '/webhooks/events') {
    let body = '';
    req.on('data', (chunk) => {
      body += chunk;
    });
    req.on('end', () => {
      console.log('event:', body);
      res.writeHead(200);
      res.end();
    });
    return;
  }

  res.writeHead(404);
  res.end('Not found');
});

const wss = new WebSocketServer({ server, path: '/socket' });

wss.on('connection', (ws) => {
  ws.on('message', (data, isBinary) => {
    if (isBinary) {
      ws.send(data);
    } else {
      console.log('message:', data.toString());
    }
  });
});

server.listen(Number(process.env.PORT || 3000), () => {
  console.log(`listening on ${server.address().port}`);
});
