import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { audioFormat } from '@kodama/shared/voice';
import fc from 'fast-check';
import type { AudioSource, CallAudio } from '../out/audio-out.ts';
import { Clip } from '../wav/clip.ts';
import { wavHeader } from '../wav/wav-header.ts';
import { Resampler } from './resampler.ts';
import { bytesOf, samplesOf } from './samples.ts';
import type { SourceFormat } from './source-format.ts';
import { toCallAudio } from './to-call-audio.ts';

const CALL = audioFormat(16000);

const hum = (rateHz: number, seconds: number) =>
  Int16Array.from({ length: rateHz * seconds }, (_, i) => 9000 * Math.sin((2 * Math.PI * 300 * i) / rateHz));

const resampled = (samples: Int16Array, fromHz: number) => {
  const resampler = new Resampler(fromHz, 16000);
  return [...resampler.convert(samples), ...resampler.flush()];
};

const wavOf = (samples: Int16Array, sampleRateHz: number) =>
  Buffer.concat([wavHeader({ sampleRateHz, channels: 1, dataBytes: samples.byteLength }), bytesOf(samples)]);

const bytesIn = (piece: CallAudio) => (piece instanceof Int16Array ? bytesOf(piece) : piece);

/** All that comes of a source, as samples; and the longest piece of it. */
async function played(source: unknown, format?: SourceFormat | 'wav') {
  const bytes: Uint8Array[] = [];
  for await (const piece of toCallAudio(source as AudioSource, format, CALL)) bytes.push(Buffer.from(bytesIn(piece)));
  return {
    samples: [...samplesOf(Buffer.concat(bytes))],
    longestMs: Math.max(0, ...bytes.map(({ length }) => length / 32)),
  };
}

const iteratorOf = (source: AudioSource, format?: SourceFormat | 'wav') => {
  const audio = toCallAudio(source, format, CALL);
  assert.ok(Symbol.asyncIterator in audio);
  return audio[Symbol.asyncIterator]();
};

async function* asynchronous(pieces: Iterable<CallAudio>) {
  yield* pieces;
}

describe('toCallAudio', () => {
  it('passes on what is in the call’s format, in pieces of 200 ms at most, without a copy', () => {
    const samples = hum(16000, 0.5);
    for (const source of [samples, bytesOf(samples)]) {
      const pieces = [...(toCallAudio(source, undefined, CALL) as Iterable<CallAudio>)];
      assert.deepEqual(
        pieces.map(({ byteLength }) => byteLength),
        [6400, 6400, 3200],
      );
      assert.ok(pieces.every((piece) => piece.buffer === samples.buffer));
    }
    const odd = new Uint8Array(3);
    assert.deepEqual([...(toCallAudio([odd, odd], undefined, CALL) as Iterable<CallAudio>)], [odd, odd]);
  });

  it('converts every kind of source to the same samples', async () => {
    const samples = hum(24000, 1);
    const bytes = bytesOf(samples);
    const format = { sampleRateHz: 24000 };
    const expected = resampled(samples, 24000);
    const inPieces = [bytes.subarray(0, 1001), samples.subarray(0, 0), bytes.subarray(1001)];
    for (const source of [
      samples,
      bytes,
      inPieces,
      new Set(inPieces),
      asynchronous(inPieces),
      Readable.from(inPieces),
      new Blob([bytes]).stream(),
    ]) {
      const { samples: heard, longestMs } = await played(source, format);
      assert.deepEqual(heard, expected);
      assert.ok(longestMs <= 208, `${longestMs} ms at once`);
    }
    assert.deepEqual((await played(Clip.ofSamples(samples, 24000))).samples, expected);
    assert.deepEqual((await played(Clip.ofSamples(samples, 24000), { sampleRateHz: 8000 })).samples, expected);
    for (const source of [wavOf(samples, 24000), asynchronous([wavOf(samples, 24000)])]) {
      const { samples: heard, longestMs } = await played(source, 'wav');
      assert.deepEqual(heard, expected);
      assert.ok(longestMs <= 208, `${longestMs} ms at once`);
    }
  });

  it('gives the same of whatever pieces a WAV file comes in', async () => {
    const file = wavOf(hum(24000, 0.1), 24000);
    const expected = (await played(file, 'wav')).samples;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5000 }), fc.boolean(), async (length, isAsynchronous) => {
        const pieces: Uint8Array[] = [];
        for (let at = 0; at < file.length; at += length) pieces.push(file.subarray(at, at + length));
        const { samples } = await played(isAsynchronous ? asynchronous(pieces) : pieces, 'wav');
        assert.deepEqual(samples, expected);
      }),
      { numRuns: 40 },
    );
  });

  it('reads a source only as far as it is asked to, and stops it when that is enough', async () => {
    for (const isAsynchronous of [false, true]) {
      const events: string[] = [];
      function* source() {
        try {
          for (let i = 0; ; i++) {
            events.push(`piece ${i}`);
            yield new Int16Array(4800);
          }
        } finally {
          events.push('stopped');
        }
      }
      const audio = toCallAudio(isAsynchronous ? asynchronous(source()) : source(), { sampleRateHz: 24000 }, CALL);
      assert.deepEqual(events, []);
      let pieces = 0;
      for await (const _piece of audio) {
        pieces += 1;
        if (pieces === 2) break;
      }
      assert.deepEqual(events, ['piece 0', 'piece 1', 'stopped']);
    }
  });

  it('stops reading behind the audio of a WAV file, and gives all of it', async () => {
    const samples = hum(24000, 0.1);
    for (const isAsynchronous of [false, true]) {
      let isStopped = false;
      function* source() {
        try {
          yield wavOf(samples, 24000);
          for (;;) yield Buffer.from('trailing');
        } finally {
          isStopped = true;
        }
      }
      const { samples: heard } = await played(isAsynchronous ? asynchronous(source()) : source(), 'wav');
      assert.deepEqual(heard, resampled(samples, 24000));
      assert.equal(isStopped, true);
    }
  });

  it('refuses what is no source or cannot be converted at once, before anything is read', () => {
    const refused = (source: unknown, format: unknown, message: RegExp) =>
      assert.throws(() => toCallAudio(source as AudioSource, format as SourceFormat, CALL), {
        name: 'AudioFormatError',
        message,
      });
    const unread = {
      [Symbol.iterator]() {
        throw new Error('read');
      },
    };
    refused(unread, { sampleRateHz: 44101 }, /44101 Hz .* 16000 Hz/);
    refused(unread, { sampleRateHz: 24000, encoding: 'opus' }, /"opus"/);
    refused(unread, 'mp3', /"mp3"/);
    refused('hello.wav', undefined, /^a string cannot be played: a source is bytes/);
    refused(undefined, undefined, /^undefined cannot/);
    refused(null, 'wav', /^null cannot/);
    refused({}, undefined, /^an object of the class Object/);
    refused(new ArrayBuffer(2), undefined, /class ArrayBuffer/);
    refused(Clip.ofSamples(new Int16Array(1), 44101), undefined, /44101 Hz/);
  });

  it('refuses pieces that are no audio, and stops their source', async () => {
    for (const format of [undefined, 'wav', { sampleRateHz: 8000 }] as const) {
      const message = /^a source gave a string: its pieces are bytes/;
      await assert.rejects(played(['text'], format), { name: 'AudioFormatError', message });
      const stream = Readable.from(['text']);
      await assert.rejects(played(stream, format), { name: 'AudioFormatError', message });
      assert.equal(stream.destroyed, true);
    }
    await assert.rejects(played([new Int16Array(2)], 'wav'), { name: 'AudioFormatError', message: /file's bytes/ });
    await assert.rejects(played([Float32Array.of(1)]), { name: 'AudioFormatError', message: /class Float32Array/ });
    await assert.rejects(played(Buffer.from('OggS'), 'wav'), { name: 'AudioFormatError', message: /"OggS"/ });
    const header = wavHeader({ sampleRateHz: 44101, channels: 1, dataBytes: 0 });
    await assert.rejects(played(asynchronous([header]), 'wav'), { name: 'AudioFormatError', message: /44101 Hz/ });
  });

  it('lets out what a source throws, behind the audio that came before', async () => {
    async function* source() {
      yield Int16Array.of(1, 2);
      throw new Error('the service is gone');
    }
    const audio = iteratorOf(source());
    assert.deepEqual((await audio.next()).value, Int16Array.of(1, 2));
    await assert.rejects(audio.next(), { message: 'the service is gone' });
    assert.equal((await audio.next()).done, true);
  });
});

describe('toCallAudio of a Node stream', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kodama-source-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('plays a file', async () => {
    const path = join(folder, 'music.wav');
    const samples = hum(24000, 2);
    await writeFile(path, wavOf(samples, 24000));
    const stream = createReadStream(path);
    assert.deepEqual((await played(stream, 'wav')).samples, resampled(samples, 24000));
    assert.equal(stream.destroyed, true);
  });

  it('throws at its turn that a file could not be opened, and not before', async () => {
    const stream = createReadStream(join(folder, 'none.wav'));
    const audio = iteratorOf(stream, 'wav');
    const failed = Promise.withResolvers<void>();
    stream.on('close', () => failed.resolve());
    await failed.promise;
    await assert.rejects(audio.next(), { code: 'ENOENT' });
  });

  it('closes one that is stopped before its turn', async () => {
    const stream = new PassThrough();
    await iteratorOf(stream).return?.();
    assert.equal(stream.destroyed, true);
  });

  it('closes one that hangs, and ends the waiting for it', async () => {
    const stream = new PassThrough();
    const audio = iteratorOf(stream);
    stream.write(Buffer.from('0100', 'hex'));
    assert.deepEqual((await audio.next()).value, Buffer.from('0100', 'hex'));
    const waiting = audio.next();
    await audio.return?.();
    assert.equal(stream.destroyed, true);
    assert.equal((await waiting).done, true);
    assert.equal((await audio.next()).done, true);
  });

  it('reaches any other source that hangs', async () => {
    const events: string[] = [];
    const hangs = Promise.withResolvers<IteratorResult<CallAudio>>();
    const source: AsyncIterable<CallAudio> = {
      [Symbol.asyncIterator]: () => ({
        next: () => hangs.promise,
        async return() {
          events.push('stopped');
          hangs.resolve({ done: false, value: Int16Array.of(1) });
          return { done: true, value: undefined };
        },
      }),
    };
    const audio = iteratorOf(source);
    const waiting = audio.next();
    // It waits for the source only after a turn.
    await new Promise(setImmediate);
    await audio.return?.();
    await audio.return?.();
    assert.deepEqual(events, ['stopped']);
    assert.equal((await waiting).done, true);
  });
});
