const OPCODE_TEXT = 1;
const OPCODE_BINARY = 2;
const OPCODE_CONTINUATION = 0;
/** Without a mask, which only clients set. */
const LONGEST_HEADER_BYTES = 10;
const NOTHING = Buffer.alloc(0);

/**
 * Watches the frames of a WebSocket connection (RFC 6455, 5.2) as a server sends them, and tells of each data message
 * whether it came in one piece. A WebSocket library joins the pieces and does not say.
 */
export class FragmentWatch {
  /** Of the data messages that are complete, oldest first: whether each one came in fragments. */
  readonly #messages: boolean[] = [];
  /** Bytes of a header that is not complete yet. */
  #header: Buffer = NOTHING;
  #payloadLeft = 0;
  #inFragments = false;

  /** @returns whether the next message came in fragments; messages are asked for in their order. */
  next(): boolean {
    return this.#messages.shift() ?? false;
  }

  onData(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#payloadLeft > 0) {
        const taken = Math.min(this.#payloadLeft, chunk.length - at);
        this.#payloadLeft -= taken;
        at += taken;
        continue;
      }
      if (this.#header.length === 0 && at + LONGEST_HEADER_BYTES <= chunk.length) {
        at = this.#onHeader(chunk, at);
        continue;
      }
      const bytes = Buffer.concat([this.#header, chunk.subarray(at)]);
      if (bytes.length < 2 || bytes.length < headerSize(bytes, 0)) {
        this.#header = bytes;
        return;
      }
      at += this.#onHeader(bytes, 0) - this.#header.length;
      this.#header = NOTHING;
    }
  }

  /** @returns where the payload begins. */
  #onHeader(bytes: Buffer, at: number): number {
    this.#payloadLeft = payloadLength(bytes, at);
    const first = bytes[at] as number;
    const isFinal = (first & 0x80) !== 0;
    const opcode = first & 0x0f;
    if (opcode === OPCODE_TEXT || opcode === OPCODE_BINARY) {
      if (isFinal) this.#messages.push(false);
      else this.#inFragments = true;
    } else if (opcode === OPCODE_CONTINUATION && isFinal && this.#inFragments) {
      this.#inFragments = false;
      this.#messages.push(true);
    }
    return at + headerSize(bytes, at);
  }
}

/** Of a header of which two bytes are there; servers do not mask. */
function headerSize(bytes: Buffer, at: number): number {
  const length = (bytes[at + 1] as number) & 0x7f;
  if (length === 126) return 4;
  return length === 127 ? LONGEST_HEADER_BYTES : 2;
}

function payloadLength(bytes: Buffer, at: number): number {
  const length = (bytes[at + 1] as number) & 0x7f;
  if (length === 126) return bytes.readUInt16BE(at + 2);
  return length === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : length;
}
