export const WAV_HEADER_BYTES = 44;

/** What stands between the file's own size field and its audio. */
const HEAD_AFTER_SIZE = WAV_HEADER_BYTES - 8;

const MAX_UINT32 = 2 ** 32 - 1;

export interface WavHeaderFacts {
  readonly sampleRateHz: number;
  /** Interleaved. */
  readonly channels: number;
  /** Of the audio that follows; what a WAV file cannot say (from 4 GiB on) is put down as the most that it can. */
  readonly dataBytes: number;
}

/** The 44 bytes in front of the audio of a 16-bit PCM WAV file. */
export function wavHeader({ sampleRateHz, channels, dataBytes }: WavHeaderFacts): Buffer {
  const bytesPerMoment = 2 * channels;
  const mostDataBytes = MAX_UINT32 - HEAD_AFTER_SIZE;
  const data = Math.max(0, Math.min(dataBytes, mostDataBytes - (mostDataBytes % bytesPerMoment)));
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(HEAD_AFTER_SIZE + data, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * bytesPerMoment, 28);
  header.writeUInt16LE(bytesPerMoment, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(data, 40);
  return header;
}
