import type { DisconnectedBy } from '../events/call-event.ts';
import { Leg } from '../legs/leg.ts';
import { SocketLeg } from '../legs/socket-leg.ts';
import { contentTypeOf } from '../media/audio-format.ts';
import { round } from '../media/distribution.ts';
import type { Action, ConnectAction, WebSocketEndpoint } from '../ncco/actions.ts';
import { SocketError } from '../socket/vonage-socket.ts';
import { shownUrl } from '../webhook/shown-url.ts';
import type { ConnectOutcome } from './connect.ts';
import type { LiveCall, OutboundLeg } from './live-call.ts';

/** Opens the application's socket and puts it into the conversation. */
export async function connectSocket(
  action: ConnectAction,
  endpoint: WebSocketEndpoint,
  call: LiveCall,
): Promise<ConnectOutcome> {
  const { rules } = call.platform;
  const outbound = new SocketOutbound(socketLeg(action, endpoint, call), call);
  const { leg } = outbound;
  const sampleRateHz = call.platform.sampleRateHz ?? endpoint.sampleRateHz;
  call.log.add('action', `connect: ${shownUrl(endpoint.uri)}, ${contentTypeOf(sampleRateHz)}`);
  if (sampleRateHz !== endpoint.sampleRateHz) {
    call.findings.note(
      `the socket runs at ${sampleRateHz} Hz as told, though the NCCO asks for ${endpoint.sampleRateHz} Hz`,
    );
  }
  call.addLeg(outbound);
  leg.started();
  if (rules.is('4.3.2', 'yes')) leg.ringing();

  const startMs = performance.now();
  let socket: SocketLeg;
  try {
    socket = await SocketLeg.open({
      leg,
      endpoint,
      sampleRateHz,
      conversationRateHz: call.conversation.sampleRateHz,
      authorization: await call.platform.socketAuthorization(endpoint, call.findings),
      rules,
      findings: call.findings,
      timeline: call.log,
      expectsEcho: call.platform.expectsEcho,
      now: call.platform.now,
      signal: AbortSignal.any([call.over, outbound.ended]),
      onText: (text) => call.onText(leg.uuid, text),
      onFrame: call.onFrame,
    });
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
    return notOpened(error, endpoint.uri, outbound, action, call);
  }
  const openMs = round(performance.now() - startMs);
  call.log.add('socket', `open after ${openMs} ms`);
  leg.answered();
  call.onSocketOpen(socket, endpoint.uri, openMs);
  return { over: whileItLasts(socket, endpoint.uri, outbound, action, call) };
}

/** The leg of a socket, from its start to its end. */
class SocketOutbound implements OutboundLeg {
  readonly leg: Leg;
  socket: SocketLeg | undefined;
  readonly #call: LiveCall;
  readonly #ended = new AbortController();

  constructor(leg: Leg, call: LiveCall) {
    this.leg = leg;
    this.#call = call;
  }

  /** Aborted when it is to end, open or not. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  async end(): Promise<void> {
    this.#ended.abort();
    await this.socket?.hangUp(endedBy(this.#call));
  }
}

function socketLeg(action: ConnectAction, endpoint: WebSocketEndpoint, call: LiveCall): Leg {
  const from = action.from ?? call.to;
  return new Leg({
    facts: {
      uuid: call.nextSocketLegUuid(),
      conversationUuid: call.ids.conversationUuid,
      direction: 'outbound',
      from,
      to: endpoint.uri,
      headers: call.platform.rules.is('4.1.4', 'endpoint') ? endpoint.headers : {},
      network: 'WEBSOCKET',
      ratePerMinute: 0,
    },
    to: { type: 'websocket', uri: endpoint.uri, 'content-type': contentTypeOf(endpoint.sampleRateHz) },
    from: { type: 'phone', number: from },
    events: call.sender,
    target: call.target(action.events),
    failureReply: action.synchronous ? 'ncco' : 'ignored',
  });
}

async function notOpened(
  error: SocketError,
  uri: string,
  outbound: SocketOutbound,
  action: ConnectAction,
  call: LiveCall,
): Promise<ConnectOutcome> {
  if (error.code !== 'HUNG_UP') call.findings.problem(error.message, '3.6.4');
  call.log.add('socket', `not opened: ${error.message}`);
  call.onSocketFault(error.code, uri);
  const told = outbound.leg.failed(error.code === 'HUNG_UP' ? 'cancelled' : 'unanswered', 'unavailable');
  call.removeLeg(outbound);
  const reply = action.synchronous ? await told : undefined;
  return { ncco: call.nccoInReply(reply, 'unanswered') };
}

/** From the open socket to the end of its leg. @returns the NCCO that its end brings. */
async function whileItLasts(
  socket: SocketLeg,
  uri: string,
  outbound: SocketOutbound,
  action: ConnectAction,
  call: LiveCall,
): Promise<readonly Action[] | undefined> {
  const { leg } = socket;
  const unlisten = call.keys.listen((digit, durationMs) => socket.sendDtmf(digit, durationMs));
  const { conversation } = call;
  conversation.join(socket);
  outbound.socket = socket;
  socket.begin();
  if (outbound.ended.aborted) void socket.hangUp(endedBy(call));
  const limit = setTimeout(() => void socket.hangUp('platform'), action.limitSeconds * 1000);

  const close = await socket.closed;
  clearTimeout(limit);
  unlisten();
  conversation.leave(socket);
  call.log.add('socket', `${close.by === 'connection' ? 'broke' : `closed by the ${close.by}`} with ${close.code}`);
  call.onSocketClosed(socket, uri, close);
  // Neither the caller nor this side has hung up: to Vonage that is an accident, and the application is asked what is to become of the call.
  const disconnected = socket.wasHungUp ? undefined : leg.disconnected();
  leg.completed(disconnectedBy(socket, call));
  const reply = await disconnected;
  call.removeLeg(outbound);
  return call.over.aborted ? undefined : call.nccoInReply(reply, 'disconnected');
}

const disconnectedBy = (socket: SocketLeg, call: LiveCall): DisconnectedBy =>
  socket.wasHungUp && call.over.aborted ? 'user' : 'platform';

/** Who ends a leg that the call lets go of, or REST. */
const endedBy = ({ hungUpBy }: LiveCall): 'caller' | 'platform' => (hungUpBy === 'user' ? 'caller' : 'platform');
