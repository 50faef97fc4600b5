// A CommonJS bundle, of which Node finds no names: it has to be imported whole.
import libsamplerate from '@alexanderolsen/libsamplerate-js';
import { bytesPerFrame, type SampleRateHz, toInt16 } from './audio-format.ts';

/** Frames that are held back so that there is always one to give, though the converter gives its samples unevenly. */
const LEAD_FRAMES = 2;

type Converter = Awaited<ReturnType<typeof libsamplerate.create>>;

/** Brings frames of one rate to another while they come, two frames late. */
export class FrameResampler {
  readonly #converter: Converter;
  readonly #fromBytes: number;
  readonly #toBytes: number;
  #waiting: Buffer;

  private constructor(converter: Converter, fromHz: SampleRateHz, toHz: SampleRateHz) {
    this.#converter = converter;
    this.#fromBytes = bytesPerFrame(fromHz);
    this.#toBytes = bytesPerFrame(toHz);
    this.#waiting = Buffer.alloc(LEAD_FRAMES * this.#toBytes);
  }

  static async create(fromHz: SampleRateHz, toHz: SampleRateHz): Promise<FrameResampler> {
    const converterType = libsamplerate.ConverterType.SRC_SINC_MEDIUM_QUALITY;
    return new FrameResampler(await libsamplerate.create(1, fromHz, toHz, { converterType }), fromHz, toHz);
  }

  /** One frame in, one frame out. Nothing in is silence. */
  convert(frame: Buffer | undefined): Buffer {
    const input = new Float32Array(this.#fromBytes / 2);
    if (frame) for (let i = 0; i < input.length; i++) input[i] = frame.readInt16LE(i * 2) / 2 ** 15;
    const output = this.#converter.full(input);
    const bytes = Buffer.alloc(output.length * 2);
    for (const [i, sample] of output.entries()) {
      bytes.writeInt16LE(toInt16(sample * 2 ** 15), i * 2);
    }
    this.#waiting = Buffer.concat([this.#waiting, bytes]);
    // The first samples come late: silence stands in for them.
    const converted = Buffer.alloc(this.#toBytes);
    this.#waiting.copy(converted, 0, 0, this.#toBytes);
    this.#waiting = this.#waiting.subarray(this.#toBytes);
    return converted;
  }

  close(): void {
    this.#converter.destroy();
  }
}
