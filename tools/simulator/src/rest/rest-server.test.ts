import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { Auth } from '@vonage/auth';
import { tokenGenerate } from '@vonage/jwt';
import { CallStatus, Talk, Voice } from '@vonage/voice';
import type { CallControl, LegControl, LegView } from './call-control.ts';
import { type RestServer, type RestServerOptions, startRestServer } from './rest-server.ts';

const APPLICATION_ID = 'aaaaaaaa-0000-4000-8000-000000000001';
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const privatePem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicPem = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** A leg that writes down what it is asked. */
function makeLeg(more: Partial<LegView>, asked: unknown[]): LegControl {
  const view: LegView = {
    uuid: 'leg-answered',
    conversationUuid: 'CON-1',
    to: { type: 'websocket', uri: 'wss://app.test.example/socket' },
    from: { type: 'phone', number: '14155550177' },
    status: 'answered',
    direction: 'outbound',
    startTime: new Date('2026-03-04T10:11:11.000Z'),
    endTime: undefined,
    ratePerMinute: 0.0045,
    price: 0.012825,
    network: 'US-FIXED',
    ...more,
  };
  return {
    view,
    hangUp: () => asked.push(['hangUp']),
    setMuted: (muted) => asked.push(['setMuted', muted]),
    setEarmuffed: (earmuffed) => asked.push(['setEarmuffed', earmuffed]),
    transfer: (destination) => asked.push(['transfer', destination]),
    playAudio: (audio) => asked.push(['playAudio', audio]),
    stopAudio: () => asked.push(['stopAudio']),
    talk: (text) => asked.push(['talk', text]),
    stopTalk: () => asked.push(['stopTalk']),
    sendDtmf: (digits) => asked.push(['sendDtmf', digits]),
    subscribeDtmf: (eventUrl) => asked.push(['subscribeDtmf', eventUrl]),
  };
}

interface Stage extends AsyncDisposable {
  readonly server: RestServer;
  /** What the legs were asked for, as `[method, …arguments]`. */
  readonly asked: unknown[];
  readonly lines: unknown[];
  fetch(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
}

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

/** A server with a leg in each state; its clock moves on enough with each look that the limit is not reached. */
async function startStage(options: Partial<RestServerOptions> = {}): Promise<Stage> {
  const asked: unknown[] = [];
  const lines: unknown[] = [];
  const legs = [
    makeLeg({}, asked),
    makeLeg({ uuid: 'leg-ringing', status: 'ringing', startTime: undefined }, asked),
    makeLeg({ uuid: 'leg-over', status: 'completed', endTime: new Date('2026-03-04T10:14:02.000Z') }, asked),
  ];
  const control: CallControl = { legs: () => legs, find: (uuid) => legs.find((leg) => leg.view.uuid === uuid) };
  let nowMs = Date.now();
  const server = await startRestServer({
    control,
    publicKey: publicPem,
    applicationId: APPLICATION_ID,
    onRequest: (line) => lines.push(line),
    clock: () => (nowMs += 100),
    ...options,
  });
  return {
    server,
    asked,
    lines,
    async fetch(method, path, body, headers = {}) {
      const reply = await fetch(server.origin + path, {
        method,
        headers: { authorization: `Bearer ${tokenGenerate(APPLICATION_ID, privatePem)}`, ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await reply.text();
      const isJson = reply.headers.get('content-type') === 'application/json';
      return { status: reply.status, headers: reply.headers, text, json: isJson ? JSON.parse(text) : {} };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const LEG = '/v1/calls/leg-answered';
const API_ERRORS = 'https://developer.vonage.com/api-errors';

describe('REST server', () => {
  it('listens on 127.0.0.1, and tells of each request', async () => {
    await using stage = await startStage();
    assert.match(stage.server.origin, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(stage.server.url, `${stage.server.origin}/v1/calls`);
    await stage.fetch('GET', '/v1/calls?page_size=1');
    await stage.fetch('PUT', LEG, { action: 'mute' });
    await stage.fetch('GET', '/v1/calls/nobody');
    assert.deepEqual(stage.lines, [
      { method: 'GET', path: '/v1/calls', status: 200 },
      { method: 'PUT', path: '/v1/calls/leg-answered', status: 204 },
      { method: 'GET', path: '/v1/calls/nobody', status: 404 },
    ]);
  });

  it('does not start with a key that is none, or on a port that is taken', async () => {
    await assert.rejects(startStage({ publicKey: 'no key' }), { name: 'TypeError' });
    await using stage = await startStage();
    await assert.rejects(startStage({ port: Number(new URL(stage.server.origin).port) }), { code: 'EADDRINUSE' });
  });

  it('7.1.1 JWT is RS256 by the application’s key: whoever has none learns nothing and changes nothing', async () => {
    await using stage = await startStage();
    for (const [method, path] of [
      ['GET', '/v1/calls'],
      ['POST', '/v1/calls'],
      ['GET', LEG],
      ['PUT', LEG],
      ['PUT', `${LEG}/talk`],
      ['DELETE', `${LEG}/input/dtmf`],
    ] as const) {
      const reply = await stage.fetch(method, path, method === 'GET' ? undefined : {}, {
        authorization: 'Bearer a.b.c',
      });
      assert.equal(reply.status, 401);
      assert.equal(reply.headers.get('www-authenticate'), 'Bearer');
      assert.deepEqual(reply.json, {
        type: `${API_ERRORS}#unauthorized`,
        title: 'The token is not accepted',
        detail: 'Authorization: the token is no JWT',
      });
    }
    assert.deepEqual(stage.asked, []);
  });

  it('7.3.1 list and filters', async () => {
    await using stage = await startStage();
    const { status, json } = await stage.fetch('GET', '/v1/calls/?status=completed&page_size=1');
    assert.equal(status, 200);
    const { _embedded, _links, ...rest } = json as { _embedded: { calls: { uuid: string }[] }; _links: object };
    assert.deepEqual(rest, { count: 1, page_size: 1, record_index: 0 });
    assert.deepEqual(
      _embedded.calls.map(({ uuid }) => uuid),
      ['leg-over'],
    );
    assert.deepEqual(Object.keys(_links), ['self', 'first', 'last']);
    const refused = await stage.fetch('GET', '/v1/calls?page_size=101');
    assert.equal(refused.status, 400);
  });

  it('7.3.2 one call, live or over', async () => {
    await using stage = await startStage();
    const live = await stage.fetch('GET', LEG);
    assert.deepEqual([live.status, live.json.status, live.json.direction], [200, 'answered', 'outbound']);
    const over = await stage.fetch('GET', '/v1/calls/leg-over');
    assert.deepEqual([over.status, over.json.duration], [200, '171']);
    assert.equal((await stage.fetch('GET', '/v1/calls/leg%2Danswered')).status, 200);
  });

  it('7.4.1 hangup, of a leg that rings too', async () => {
    await using stage = await startStage();
    const reply = await stage.fetch('PUT', LEG, { action: 'hangup' });
    assert.deepEqual([reply.status, reply.text], [204, '']);
    assert.equal((await stage.fetch('PUT', '/v1/calls/leg-ringing', { action: 'hangup' })).status, 204);
    assert.deepEqual(stage.asked, [['hangUp'], ['hangUp']]);
  });

  it('7.4.2 mute/earmuff', async () => {
    await using stage = await startStage();
    for (const action of ['mute', 'unmute', 'earmuff', 'unearmuff']) {
      assert.equal((await stage.fetch('PUT', LEG, { action })).status, 204);
    }
    assert.deepEqual(stage.asked, [
      ['setMuted', true],
      ['setMuted', false],
      ['setEarmuffed', true],
      ['setEarmuffed', false],
    ]);
  });

  it('7.4.3 transfer hands the NCCO on as it is, and needs an array', async () => {
    await using stage = await startStage();
    const transfer = (destination: unknown) => stage.fetch('PUT', LEG, { action: 'transfer', destination });
    assert.equal((await transfer({ type: 'ncco', ncco: [{ action: 'no such' }] })).status, 204);
    assert.equal((await transfer({ type: 'ncco', url: ['https://app.test.example/ncco'] })).status, 204);
    const refused = await transfer({ type: 'ncco', ncco: { action: 'talk' } });
    assert.equal(refused.status, 400);
    assert.deepEqual(refused.json, {
      type: `${API_ERRORS}#invalid-params`,
      title: 'The request cannot be carried out',
      invalid_parameters: [{ name: 'destination.ncco', reason: '{"action":"talk"} is not an array of actions' }],
    });
    assert.deepEqual(stage.asked, [
      ['transfer', { ncco: [{ action: 'no such' }] }],
      ['transfer', { url: 'https://app.test.example/ncco' }],
    ]);
  });

  it('7.4.4 stream/talk/dtmf start and stop', async () => {
    await using stage = await startStage();
    const cases = [
      ['PUT', '/stream', { stream_url: ['https://a.test.example/a.mp3'], loop: 0, level: '0.4' }, 'Stream started'],
      ['DELETE', '/stream', undefined, 'Stream stopped'],
      ['PUT', '/talk', { text: 'Hello', language: 'en-GB' }, 'Talk started'],
      ['DELETE', '/talk', undefined, 'Talk stopped'],
      ['PUT', '/dtmf', { digits: '1p#' }, 'DTMF sent'],
    ] as const;
    for (const [method, path, body, message] of cases) {
      const { status, json } = await stage.fetch(method, LEG + path, body);
      assert.deepEqual([status, json], [200, { message, uuid: 'leg-answered' }]);
    }
    const eventUrl = 'https://app.test.example/keys';
    assert.equal((await stage.fetch('PUT', `${LEG}/input/dtmf`, { event_url: [eventUrl] })).status, 200);
    assert.equal((await stage.fetch('DELETE', `${LEG}/input/dtmf`)).status, 200);
    assert.deepEqual(stage.asked, [
      ['playAudio', { streamUrl: 'https://a.test.example/a.mp3', loop: 0, level: 0.4 }],
      ['stopAudio'],
      ['talk', { text: 'Hello', language: 'en-GB', style: 0, premium: false, loop: 1, level: 0 }],
      ['stopTalk'],
      ['sendDtmf', '1p#'],
      ['subscribeDtmf', eventUrl],
      ['subscribeDtmf', undefined],
    ]);
  });

  it('7.4.5 limit of requests: the sixteenth in a second is refused', async () => {
    let nowMs = Date.now();
    await using stage = await startStage({ clock: () => nowMs });
    for (let count = 1; count <= 15; count++) assert.equal((await stage.fetch('GET', LEG)).status, 200);
    const refused = await stage.fetch('PUT', LEG, { action: 'hangup' });
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get('retry-after'), '1');
    assert.deepEqual(refused.json, {
      type: `${API_ERRORS}#throttled`,
      title: 'Too many requests',
      detail: '15 requests a second are allowed',
    });
    assert.deepEqual(stage.asked, []);
    nowMs += 1000;
    assert.equal((await stage.fetch('GET', LEG)).status, 200);
  });

  it('7.4.5 limit of requests: those without a good token take no share', async () => {
    const nowMs = Date.now();
    await using stage = await startStage({ clock: () => nowMs });
    for (let count = 1; count <= 20; count++) {
      assert.equal((await stage.fetch('GET', LEG, undefined, { authorization: 'Bearer x' })).status, 401);
    }
    assert.equal((await stage.fetch('GET', LEG)).status, 200);
  });

  it('7.4.6 errors: an unknown leg, or one that is over', async () => {
    await using stage = await startStage();
    const unknown = await stage.fetch('PUT', '/v1/calls/nobody', { action: 'hangup' });
    assert.deepEqual(
      [unknown.status, unknown.json],
      [404, { type: `${API_ERRORS}#not-found`, title: 'Nothing is there', detail: 'there is no call leg nobody' }],
    );
    for (const [method, path, body] of [
      ['PUT', '', { action: 'hangup' }],
      ['PUT', '/talk', { text: 'Hello' }],
      ['DELETE', '/talk', undefined],
      ['PUT', '/stream', { stream_url: ['https://a.test.example/a.mp3'] }],
      ['DELETE', '/stream', undefined],
      ['PUT', '/dtmf', { digits: '1' }],
      ['PUT', '/input/dtmf', { event_url: ['https://a.test.example/'] }],
      ['DELETE', '/input/dtmf', undefined],
    ] as const) {
      const { status, json } = await stage.fetch(method, `/v1/calls/leg-over${path}`, body);
      assert.deepEqual([status, json.detail], [404, 'the call leg leg-over is over: its status is completed']);
    }
    assert.equal((await stage.fetch('GET', '/v1/calls/%zz')).status, 404);
    assert.deepEqual(stage.asked, []);
  });

  it('7.4.6 errors: talk, stream and dtmf before the leg is answered', async () => {
    await using stage = await startStage();
    for (const [path, body] of [
      ['talk', { text: 'Hello' }],
      ['stream', { stream_url: ['https://a.test.example/a.mp3'] }],
      ['dtmf', { digits: '1' }],
    ] as const) {
      const { status, json } = await stage.fetch('PUT', `/v1/calls/leg-ringing/${path}`, body);
      assert.equal(status, 400);
      assert.deepEqual(json.invalid_parameters, [{ name: 'uuid', reason: 'the leg is ringing; it must be answered' }]);
    }
    assert.deepEqual(stage.asked, []);
  });

  it('7.4.6 errors: a body that is not JSON, is missing, or is too long', async () => {
    await using stage = await startStage();
    for (const body of ['{"action":', undefined]) {
      const { status, json } = await stage.fetch('PUT', LEG, body);
      assert.deepEqual([status, json.type], [400, `${API_ERRORS}#invalid-json`]);
    }
    const fill = (bytes: number) => JSON.stringify({ action: 'mute' }).padEnd(bytes);
    assert.equal((await stage.fetch('PUT', LEG, fill(1024 * 1024))).status, 204);
    const { status, json } = await stage.fetch('PUT', LEG, fill(1024 * 1024 + 1));
    assert.deepEqual([status, json.detail], [413, 'the body has 1048577 bytes; 1048576 are allowed']);
  });

  it('7.4.6 errors: another path, or another method', async () => {
    await using stage = await startStage();
    for (const path of ['/', '/v1', '/v1/callsx', '/v2/calls', `${LEG}/`, `${LEG}/record`]) {
      assert.equal((await stage.fetch('GET', path)).status, 404, path);
    }
    for (const [method, path, allow] of [
      ['DELETE', '/v1/calls', 'GET, POST'],
      ['DELETE', LEG, 'GET, PUT'],
      ['GET', `${LEG}/talk`, 'PUT, DELETE'],
      ['DELETE', `${LEG}/dtmf`, 'PUT'],
    ] as const) {
      const reply = await stage.fetch(method, path);
      assert.deepEqual([reply.status, reply.headers.get('allow')], [405, allow]);
      assert.equal(reply.json.type, `${API_ERRORS}#wrong-verb`);
    }
  });

  it('7.4.6 errors: a target that is no path', async () => {
    await using stage = await startStage();
    const { port } = new URL(stage.server.origin);
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    requestHttp({ host: '127.0.0.1', port, path: 'http://elsewhere.test.example/v1/calls' }, async (reply) => {
      await textOf(reply);
      resolve(reply.statusCode);
    })
      .once('error', reject)
      .end();
    assert.equal(await promise, 404);
  });

  it('7.4.6 errors: a fault of the simulator’s own shows no stack', async () => {
    const control: CallControl = {
      legs: () => {
        throw new Error('the legs are lost');
      },
      find: () => undefined,
    };
    await using stage = await startStage({ control });
    const { status, json, text } = await stage.fetch('GET', '/v1/calls');
    assert.deepEqual(
      [status, json],
      [500, { type: 'about:blank', title: 'The simulator has failed', detail: 'the legs are lost' }],
    );
    assert.doesNotMatch(text, /\.ts|\bat /);
  });

  it('places no outbound calls, and says so', async () => {
    await using stage = await startStage();
    const { status, json } = await stage.fetch('POST', '/v1/calls', { to: [{ type: 'phone', number: '12025550123' }] });
    assert.deepEqual([status, json.title], [501, 'No outbound calls are placed here']);
  });
});

describe('REST server and the official SDK, by a change of host only', () => {
  const credentials = { applicationId: APPLICATION_ID, privateKey: privatePem };
  const clientOf = (stage: Stage, more: Partial<typeof credentials> = {}) =>
    new Voice(new Auth({ ...credentials, ...more }), { apiHost: stage.server.origin });

  it('7.3.1 list and filters: search and getAllCalls, page after page', async () => {
    await using stage = await startStage();
    const voice = clientOf(stage);
    const page = await voice.search({ status: CallStatus.ANSWERED, pageSize: 1 });
    assert.deepEqual([page.count, page._embedded.calls[0]?.uuid], [1, 'leg-answered']);
    const uuids: string[] = [];
    for await (const call of voice.getAllCalls({ pageSize: 2 })) uuids.push(call.uuid);
    assert.deepEqual(uuids, ['leg-answered', 'leg-ringing', 'leg-over']);
    assert.equal(stage.lines.length, 3);
    const between = await voice.search({ dateStart: '2026-03-04', dateEnd: '2026-03-05', conversationUuid: 'CON-1' });
    assert.equal(between.count, 2);
  });

  it('7.3.2 one call: getCall', async () => {
    await using stage = await startStage();
    const call = await clientOf(stage).getCall('leg-over');
    assert.equal(call.conversationUUID, 'CON-1');
    assert.deepEqual(
      [call.status, call.duration, call.rate, call.price, call.startTime, call.endTime],
      ['completed', '171', '0.00450000', '0.01282500', '2026-03-04T10:11:11.000Z', '2026-03-04T10:14:02.000Z'],
    );
  });

  it('7.4.1 hangup, 7.4.2 mute/earmuff: hangupCall, muteCall, unmuteCall, earmuffCall, unearmuffCall', async () => {
    await using stage = await startStage();
    const voice = clientOf(stage);
    await voice.muteCall('leg-answered');
    await voice.unmuteCall('leg-answered');
    await voice.earmuffCall('leg-answered');
    await voice.unearmuffCall('leg-answered');
    await voice.hangupCall('leg-answered');
    assert.deepEqual(stage.asked, [
      ['setMuted', true],
      ['setMuted', false],
      ['setEarmuffed', true],
      ['setEarmuffed', false],
      ['hangUp'],
    ]);
  });

  it('7.4.3 transfer: transferCallWithNCCO and transferCallWithURL', async () => {
    await using stage = await startStage();
    const voice = clientOf(stage);
    await voice.transferCallWithNCCO('leg-answered', [new Talk('Hello').serializeToNCCO()]);
    await voice.transferCallWithURL('leg-answered', 'https://app.test.example/ncco');
    assert.deepEqual(stage.asked, [
      ['transfer', { ncco: [{ action: 'talk', text: 'Hello' }] }],
      ['transfer', { url: 'https://app.test.example/ncco' }],
    ]);
  });

  it('7.4.4 stream/talk/dtmf: all of its calls', async () => {
    await using stage = await startStage();
    const voice = clientOf(stage);
    const streamUrl = 'https://a.test.example/a.mp3';
    assert.deepEqual(await voice.streamAudio('leg-answered', streamUrl, 2, 0.4), {
      message: 'Stream started',
      uuid: 'leg-answered',
    });
    assert.equal((await voice.stopStreamAudio('leg-answered')).message, 'Stream stopped');
    const spoken = await voice.playTTS('leg-answered', new Talk('Hello', false, 2, '0.5', 'en-GB', '1', true));
    assert.equal(spoken.message, 'Talk started');
    assert.equal((await voice.stopTTS('leg-answered')).message, 'Talk stopped');
    assert.equal((await voice.playDTMF('leg-answered', '42#')).message, 'DTMF sent');
    await voice.subscribeDTMF('leg-answered', 'https://app.test.example/keys');
    await voice.unsubscribeDTMF('leg-answered');
    assert.deepEqual(stage.asked, [
      ['playAudio', { streamUrl, loop: 2, level: 0.4 }],
      ['stopAudio'],
      ['talk', { text: 'Hello', language: 'en-GB', style: 1, premium: true, loop: 2, level: 0.5 }],
      ['stopTalk'],
      ['sendDtmf', '42#'],
      ['subscribeDtmf', 'https://app.test.example/keys'],
      ['subscribeDtmf', undefined],
    ]);
  });

  it('7.4.6 errors: it throws with the status, and the body can be read', async () => {
    await using stage = await startStage();
    const failure = async (made: Promise<unknown>) => {
      const error = await made.then(
        () => assert.fail('it was not refused'),
        (thrown: Error & { response: Response }) => thrown,
      );
      const { title } = (await error.response.json()) as { title: string };
      return [error.message, error.response.status, title];
    };
    assert.deepEqual(await failure(clientOf(stage).hangupCall('leg-over')), [
      'Request failed with status code 404',
      404,
      'Nothing is there',
    ]);
    assert.deepEqual(await failure(clientOf(stage, { applicationId: 'other' }).getCall('leg-answered')), [
      'Request failed with status code 401',
      401,
      'The token is not accepted',
    ]);
  });
});
