import type { RequestListener } from 'node:http';
import { closeHttpServer, createHttpServer, listen } from '../http/http-server.ts';

export interface Served extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

/** `await using server = await serve(app)`: a real server, on a port that the system picks. */
export async function serve(app: RequestListener): Promise<Served> {
  const server = createHttpServer(app);
  const port = await listen(server, 0, '127.0.0.1');
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    [Symbol.asyncDispose]: () => closeHttpServer(server),
  };
}
