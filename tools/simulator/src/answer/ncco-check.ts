import { CONTENT_TYPES, type ContentType } from '../media/audio-format.ts';

/** All of `headers`, written as JSON. */
const HEADERS_LIMIT_BYTES = 512;
const TALK_LIMIT_CHARACTERS = 1500;

const ACTIONS = ['talk', 'stream', 'record', 'conversation', 'connect', 'input', 'notify', 'wait', 'transfer'] as const;
const ENDPOINT_TYPES = ['websocket', 'phone', 'app', 'sip', 'vbc'];

/** The WebSocket endpoint of a connect action, and where the events of its leg go. */
export interface SocketEndpoint {
  uri: string;
  contentType: ContentType;
  headers: Record<string, unknown>;
  /** The whole value of the upgrade's Authorization header, where the endpoint asks for a custom one. */
  authorization: string | undefined;
  /** The connect action's `from`: what the leg's events show. */
  from: string | undefined;
  /** Undefined: the application's event URL. */
  eventUrl: string | undefined;
  eventMethod: 'GET' | 'POST';
}

export interface NccoVerdict {
  /** Mistakes for which Vonage would end the call; each names the path of the value that it is about. */
  complaints: string[];
  /** What is allowed and yet seldom meant. */
  notes: string[];
  /** Defined where there are no complaints. */
  endpoint: SocketEndpoint | undefined;
}

type JsonObject = Record<string, unknown>;

/**
 * Checks an NCCO by Vonage's reference of NCCO actions and finds the WebSocket endpoint to call. Unknown keys are allowed.
 *
 * @param ncco the parsed body of the answer.
 */
export function checkNcco(ncco: unknown): NccoVerdict {
  const verdict: NccoVerdict = { complaints: [], notes: [], endpoint: undefined };
  if (!Array.isArray(ncco)) {
    verdict.complaints.push(`the NCCO: ${show(ncco)} is not an array of actions`);
    return verdict;
  }
  const check = new Check(verdict);
  const endpoints = ncco.map((action, index) => check.action(action, `[${index}]`));
  const playedIndex = endpoints.findIndex((endpoint) => endpoint !== undefined);
  if (verdict.complaints.length > 0) return verdict;
  if (playedIndex < 0) {
    verdict.complaints.push(
      'the NCCO: has no connect action with a websocket endpoint, so the call would carry no audio',
    );
    return verdict;
  }
  for (let index = playedIndex + 1; index < ncco.length; index++) {
    verdict.notes.push(`[${index}]: comes after the websocket connect, so it would run while the socket is in use`);
  }
  verdict.endpoint = endpoints[playedIndex];
  return verdict;
}

/** Walks through one NCCO and gathers what it finds. */
class Check {
  readonly #verdict: NccoVerdict;

  constructor(verdict: NccoVerdict) {
    this.#verdict = verdict;
  }

  action(action: unknown, path: string): SocketEndpoint | undefined {
    if (!this.#object(action, path)) return undefined;
    const name = action.action;
    if (!this.#oneOf(name, ACTIONS, `${path}.action`)) return undefined;
    this.#eventTarget(action, path);
    if (name === 'talk') this.#talk(action, path);
    if (name === 'stream') this.#stream(action, path);
    return name === 'connect' ? this.#connect(action, path) : undefined;
  }

  #talk(action: JsonObject, path: string): void {
    const { text, language, bargeIn } = action;
    if (this.#expect(typeof text === 'string' && text !== '', `${path}.text`, text, 'is not a text')) {
      const spoken = (text as string).replaceAll(/<[^>]*>/g, '').length;
      this.#expect(
        spoken <= TALK_LIMIT_CHARACTERS,
        `${path}.text`,
        undefined,
        `has ${spoken} characters; ${TALK_LIMIT_CHARACTERS} are allowed`,
      );
    }
    this.#optional(bargeIn, isBoolean, `${path}.bargeIn`, 'is not a boolean');
    this.#optional(action.loop, isCount, `${path}.loop`, 'is not a whole number from 0');
    this.#optional(action.level, isLevel, `${path}.level`, 'is not a number from -1 to 1');
    this.#optional(language, isString, `${path}.language`, 'is not a language code');
    this.#optional(action.style, isCount, `${path}.style`, 'is not a whole number from 0');
    this.#optional(action.premium, isBoolean, `${path}.premium`, 'is not a boolean');
  }

  #stream(action: JsonObject, path: string): void {
    const { streamUrl } = action;
    this.#expect(isListOfOneUrl(streamUrl), `${path}.streamUrl`, streamUrl, 'is not an array of one http(s) URL');
    this.#optional(action.bargeIn, isBoolean, `${path}.bargeIn`, 'is not a boolean');
    this.#optional(action.loop, isCount, `${path}.loop`, 'is not a whole number from 0');
    this.#optional(action.level, isLevel, `${path}.level`, 'is not a number from -1 to 1');
  }

  #connect(action: JsonObject, path: string): SocketEndpoint | undefined {
    this.#optional(action.from, isString, `${path}.from`, 'is not a text');
    this.#optional(action.eventType, (v) => v === 'synchronous', `${path}.eventType`, 'is not "synchronous"');
    this.#optional(action.timeout, isPositive, `${path}.timeout`, 'is not a number of seconds');
    this.#optional(action.limit, isPositive, `${path}.limit`, 'is not a number of seconds');

    const list = action.endpoint;
    if (
      !this.#expect(
        Array.isArray(list) && list.length === 1,
        `${path}.endpoint`,
        list,
        'is not an array of one endpoint',
      )
    ) {
      return undefined;
    }
    const at = `${path}.endpoint[0]`;
    const endpoint: unknown = (list as unknown[])[0];
    if (!this.#object(endpoint, at)) return undefined;
    if (!this.#oneOf(endpoint.type, ENDPOINT_TYPES, `${at}.type`)) return undefined;
    if (endpoint.type !== 'websocket') {
      this.#verdict.notes.push(
        `${at}: an endpoint of type ${show(endpoint.type)} is passed over, only websockets are played`,
      );
      return undefined;
    }
    return this.#websocket(action, endpoint, at);
  }

  #websocket(action: JsonObject, endpoint: JsonObject, at: string): SocketEndpoint {
    const { uri, headers = {}, authorization } = endpoint;
    const contentType = endpoint['content-type'];
    this.#expect(isSocketUri(uri), `${at}.uri`, uri, 'is not a ws:// or wss:// address without a fragment');
    if (contentType === undefined && 'contentType' in endpoint) {
      this.#verdict.complaints.push(`${at}.contentType: the key is spelt content-type, with a hyphen`);
    } else {
      this.#oneOf(contentType, CONTENT_TYPES, `${at}.content-type`);
    }
    this.#headers(headers, `${at}.headers`);
    return {
      uri: uri as string,
      contentType: contentType as ContentType,
      headers: headers as JsonObject,
      authorization: this.#authorization(authorization, `${at}.authorization`),
      from: action.from as string | undefined,
      eventUrl: (action.eventUrl as string[] | undefined)?.[0],
      eventMethod: action.eventMethod === 'GET' ? 'GET' : 'POST',
    };
  }

  #headers(headers: unknown, at: string): void {
    if (!this.#object(headers, at)) return;
    const bytes = Buffer.byteLength(JSON.stringify(headers));
    this.#expect(
      bytes <= HEADERS_LIMIT_BYTES,
      at,
      undefined,
      `takes ${bytes} bytes as JSON; ${HEADERS_LIMIT_BYTES} are allowed`,
    );
    for (const name of ['event', 'content-type']) {
      if (name in headers)
        this.#verdict.notes.push(`${at}.${name}: takes the place of Vonage's own key in the first message`);
    }
  }

  #authorization(authorization: unknown, at: string): string | undefined {
    if (authorization === undefined) return undefined;
    if (!this.#object(authorization, at)) return undefined;
    const { type = 'vonage', value } = authorization;
    if (!this.#oneOf(type, ['vonage', 'custom'], `${at}.type`)) return undefined;
    if (type === 'vonage') {
      this.#verdict.notes.push(
        `${at}: no token signed by Vonage can be made here, so the socket is opened without one`,
      );
      return undefined;
    }
    this.#expect(isPrintableAscii(value), `${at}.value`, value, 'is not a text of printable ASCII characters');
    return value as string;
  }

  #eventTarget(action: JsonObject, path: string): void {
    const { eventUrl, eventMethod } = action;
    this.#optional(eventUrl, isListOfOneUrl, `${path}.eventUrl`, 'is not an array of one http(s) URL');
    if (eventMethod !== undefined) this.#oneOf(eventMethod, ['GET', 'POST'], `${path}.eventMethod`);
  }

  #optional(value: unknown, isRight: (value: unknown) => boolean, path: string, complaint: string): void {
    if (value !== undefined) this.#expect(isRight(value), path, value, complaint);
  }

  #oneOf(value: unknown, allowed: readonly string[], path: string): boolean {
    const isAllowed = allowed.includes(value as string);
    return this.#expect(isAllowed, path, value, `is not one of ${allowed.map(show).join(', ')}`);
  }

  #object(value: unknown, path: string): value is JsonObject {
    const isRight = typeof value === 'object' && value !== null && !Array.isArray(value);
    return this.#expect(isRight, path, value, 'is not an object');
  }

  #expect(isRight: boolean, path: string, value: unknown, complaint: string): boolean {
    if (!isRight) this.#verdict.complaints.push(`${path}: ${value === undefined ? '' : `${show(value)} `}${complaint}`);
    return isRight;
  }
}

const isString = (value: unknown): value is string => typeof value === 'string';
const isBoolean = (value: unknown): boolean => typeof value === 'boolean';
const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;
const isLevel = (value: unknown): boolean => typeof value === 'number' && value >= -1 && value <= 1;
const isPositive = (value: unknown): boolean => typeof value === 'number' && value > 0;
const isPrintableAscii = (value: unknown): boolean => isString(value) && /^[\x20-\x7e]+$/.test(value);

const hasProtocol = (value: unknown, protocols: readonly string[]): boolean =>
  isString(value) && URL.canParse(value) && protocols.includes(new URL(value).protocol);

const isListOfOneUrl = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 1 && hasProtocol(value[0], ['http:', 'https:']);

const isSocketUri = (value: unknown): boolean => hasProtocol(value, ['ws:', 'wss:']) && !String(value).includes('#');

/** A value as JSON, cut to a length that a line can hold. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
