import type { CallControl, LegControl } from './call-control.ts';
import { legListJson } from './leg-list.ts';
import { isAnswered, isLive, legViewJson } from './leg-view-json.ts';
import { readAudio, readChange, readDigits, readEventUrl, readFilters, readTalk } from './request-checks.ts';
import { invalidParameters, notFound, RestError } from './rest-error.ts';

/** A request that is known to come from the application. */
export interface CallRequest {
  readonly control: CallControl;
  /** Address of the list of calls. */
  readonly callsUrl: string;
  /** That of the path; empty where it has none. */
  readonly legUuid: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

export interface CallReply {
  readonly status: number;
  /** Besides those that the body needs. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** Throws a RestError where it refuses. */
export type Handler = (request: CallRequest) => CallReply;

interface Route {
  /** Of the whole path; the group is the leg. */
  readonly path: RegExp;
  readonly handlers: Readonly<Record<string, Handler | undefined>>;
}

const NO_CONTENT = { status: 204 };
const DONE = { status: 200 };
const said = (message: string, legUuid: string): CallReply => ({ status: 200, body: { message, uuid: legUuid } });

const routes: readonly Route[] = [
  { path: /^\/v1\/calls\/?$/, handlers: { GET: list, POST: refuseToCall } },
  { path: /^\/v1\/calls\/([^/]+)$/, handlers: { GET: show, PUT: change } },
  { path: /^\/v1\/calls\/([^/]+)\/stream$/, handlers: { PUT: startStream, DELETE: stopStream } },
  { path: /^\/v1\/calls\/([^/]+)\/talk$/, handlers: { PUT: startTalk, DELETE: stopTalk } },
  { path: /^\/v1\/calls\/([^/]+)\/dtmf$/, handlers: { PUT: sendDtmf } },
  { path: /^\/v1\/calls\/([^/]+)\/input\/dtmf$/, handlers: { PUT: subscribe, DELETE: unsubscribe } },
];

/** @throws {RestError} 404 where nothing is at the path, 405 where it does not know the method. */
export function findRoute(method: string, path: string): { readonly handler: Handler; readonly legUuid: string } {
  for (const route of routes) {
    const match = route.path.exec(path);
    if (!match) continue;
    const handler = route.handlers[method];
    if (handler) return { handler, legUuid: decode(match[1] ?? '') };
    const allow = Object.keys(route.handlers).join(', ');
    const detail = `${method} is not known here; ${allow} are`;
    throw new RestError(405, 'wrong-verb', 'The method is not known here', { detail, headers: { allow } });
  }
  throw notFound(`${path} is no path of the calls API`);
}

function list({ control, callsUrl, query }: CallRequest): CallReply {
  const views = control.legs().map((leg) => leg.view);
  return { status: 200, body: legListJson(views, readFilters(query), query, callsUrl) };
}

function refuseToCall(): CallReply {
  const detail = 'this is a stand-in of the platform: the calls in it are placed by the simulator, and not by REST';
  throw new RestError(501, undefined, 'No outbound calls are placed here', { detail });
}

function show({ control, callsUrl, legUuid }: CallRequest): CallReply {
  const leg = control.find(legUuid);
  if (!leg) throw notFound(`there is no call leg ${legUuid}`);
  return { status: 200, body: legViewJson(leg.view, callsUrl) };
}

function change(request: CallRequest): CallReply {
  const leg = liveLeg(request);
  const asked = readChange(request.body);
  switch (asked.action) {
    case 'hangup':
      leg.hangUp();
      break;
    case 'mute':
    case 'unmute':
      leg.setMuted(asked.action === 'mute');
      break;
    case 'earmuff':
    case 'unearmuff':
      leg.setEarmuffed(asked.action === 'earmuff');
      break;
    case 'transfer':
      leg.transfer(asked.destination);
  }
  return NO_CONTENT;
}

function startStream(request: CallRequest): CallReply {
  const leg = liveLeg(request);
  const audio = readAudio(request.body);
  answered(leg).playAudio(audio);
  return said('Stream started', request.legUuid);
}

function stopStream(request: CallRequest): CallReply {
  liveLeg(request).stopAudio();
  return said('Stream stopped', request.legUuid);
}

function startTalk(request: CallRequest): CallReply {
  const leg = liveLeg(request);
  const text = readTalk(request.body);
  answered(leg).talk(text);
  return said('Talk started', request.legUuid);
}

function stopTalk(request: CallRequest): CallReply {
  liveLeg(request).stopTalk();
  return said('Talk stopped', request.legUuid);
}

function sendDtmf(request: CallRequest): CallReply {
  const leg = liveLeg(request);
  const digits = readDigits(request.body);
  answered(leg).sendDtmf(digits);
  return said('DTMF sent', request.legUuid);
}

function subscribe(request: CallRequest): CallReply {
  const leg = liveLeg(request);
  leg.subscribeDtmf(readEventUrl(request.body));
  return DONE;
}

function unsubscribe(request: CallRequest): CallReply {
  liveLeg(request).subscribeDtmf(undefined);
  return DONE;
}

function liveLeg({ control, legUuid }: CallRequest): LegControl {
  const leg = control.find(legUuid);
  if (!leg) throw notFound(`there is no call leg ${legUuid}`);
  if (!isLive(leg.view)) throw notFound(`the call leg ${legUuid} is over: its status is ${leg.view.status}`);
  return leg;
}

function answered(leg: LegControl): LegControl {
  if (isAnswered(leg.view)) return leg;
  throw invalidParameters([{ name: 'uuid', reason: `the leg is ${leg.view.status}; it must be answered` }]);
}

/** An id that is wrongly escaped is no leg's: it stays as it is, and will not be found. */
function decode(escaped: string): string {
  try {
    return decodeURIComponent(escaped);
  } catch {
    return escaped;
  }
}
