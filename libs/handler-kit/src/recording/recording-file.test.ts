import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HandlerLogger } from '../handler/handler.ts';
import { readStereoWav } from '../testing/stereo-audio.ts';
import type { DiskFile, RecordingDisk } from './recording-disk.ts';
import { RecordingFile, type RecordingFileParts } from './recording-file.ts';

type Step = 'freeBytes' | 'create' | 'write' | 'setLength' | 'close';

/** A disk in memory. What is done to it waits while it is held; a step can be made to fail. */
class TestDisk implements RecordingDisk {
  bytes = Buffer.alloc(0);
  free = 1_000_000;
  fails: { readonly step: Step; readonly code: string } | undefined;
  readonly steps: Step[] = [];
  #underWay = 0;
  mostUnderWay = 0;
  #hold: PromiseWithResolvers<void> | undefined;

  hold(): void {
    this.#hold = Promise.withResolvers();
  }

  release(): void {
    this.#hold?.resolve();
    this.#hold = undefined;
  }

  async freeBytes(): Promise<number> {
    await this.#step('freeBytes');
    return this.free;
  }

  async create(): Promise<DiskFile> {
    await this.#step('create');
    return {
      write: async (bytes, position) => {
        // As they are now: the memory must not be used again before this is done.
        await this.#step('write');
        this.#lengthen(position + bytes.length);
        this.bytes.set(bytes, position);
      },
      setLength: async (length) => {
        await this.#step('setLength');
        this.#lengthen(length);
      },
      close: () => this.#step('close'),
    };
  }

  async #step(step: Step): Promise<void> {
    this.steps.push(step);
    this.#underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.#underWay);
    await this.#hold?.promise;
    await new Promise(setImmediate);
    this.#underWay -= 1;
    if (this.fails?.step === step) throw Object.assign(new Error('disk'), { code: this.fails.code });
  }

  #lengthen(length: number): void {
    if (length > this.bytes.length) this.bytes = Buffer.concat([this.bytes, Buffer.alloc(length - this.bytes.length)]);
  }
}

/** Until nothing moves any more. */
async function settle(): Promise<void> {
  for (let i = 0; i < 100; i++) await new Promise(setImmediate);
}

const BLOCK = 4000;

function record(disk: TestDisk, parts: Partial<RecordingFileParts> = {}) {
  const lines: [level: string, fields: object, message: string][] = [];
  const line = (level: string) => (fields: object, message: string) => void lines.push([level, fields, message]);
  const log: HandlerLogger = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
  const file = new RecordingFile({
    directory: 'recordings',
    name: 'a.wav',
    sampleRateHz: 8000,
    longestMs: 60_000,
    minFreeBytes: 1000,
    disk,
    log: () => log,
    ...parts,
  });
  return { file, lines };
}

/** Writes a block whose samples are all this; false where there is none to be had. */
function write(file: RecordingFile, value: number, moments = BLOCK): boolean {
  const block = file.borrow();
  if (block === undefined) {
    file.miss(moments);
    return false;
  }
  block.samples.fill(value);
  file.write(block, moments);
  return true;
}

/** The stretches of one value on the left, in samples. */
function stretches(disk: TestDisk): [value: number, from: number, to: number][] {
  const found: [number, number, number][] = [];
  for (const [at, value] of readStereoWav(disk.bytes).left.entries()) {
    const last = found.at(-1);
    if (last?.[0] === value) last[2] = at + 1;
    else found.push([value, at, at + 1]);
  }
  return found;
}

describe('RecordingFile', () => {
  it('writes one block after the other, one write at a time, and finishes with the call', async () => {
    const disk = new TestDisk();
    const { file, lines } = record(disk);
    for (const value of [1, 2, 3]) write(file, value);
    write(file, 4, 10);
    await file.close();
    assert.deepEqual(stretches(disk), [
      [1, 0, 4000],
      [2, 4000, 8000],
      [3, 8000, 12_000],
      [4, 12_000, 12_010],
    ]);
    assert.equal(disk.mostUnderWay, 1);
    assert.deepEqual(disk.steps.slice(0, 3), ['freeBytes', 'create', 'write']);
    assert.equal(disk.steps.filter((step) => step === 'close').length, 1);
    assert.equal(disk.bytes.length, 44 + 12_010 * 4);
    assert.deepEqual([file.end, file.durationMs, file.fileBytes, file.unwrittenMs], ['call', 1501.25, 48_084, 0]);
    assert.deepEqual(lines, []);
  });

  it('is a good file after each of its writes', async () => {
    const disk = new TestDisk();
    const { file } = record(disk);
    let lastLength = 0;
    for (let value = 1; value <= 5; value++) {
      write(file, value);
      for (let i = 0; i < 20; i++) {
        await new Promise(setImmediate);
        if (disk.bytes.length === 0) continue;
        const { left } = readStereoWav(disk.bytes);
        assert.ok(left.length >= lastLength);
        lastLength = left.length;
      }
      assert.equal(lastLength, value * BLOCK);
    }
    await file.close();
  });

  it('is a file without audio for a call that ended at once', async () => {
    const disk = new TestDisk();
    const { file } = record(disk);
    await file.close();
    assert.equal(disk.bytes.length, 44);
    assert.equal(readStereoWav(disk.bytes).left.length, 0);
  });

  it('has silence for what was skipped, also at the end', async () => {
    const disk = new TestDisk();
    const { file } = record(disk);
    file.skip(BLOCK);
    write(file, 1);
    file.skip(100);
    await file.close();
    assert.deepEqual(stretches(disk), [
      [0, 0, 4000],
      [1, 4000, 8000],
      [0, 8000, 8100],
    ]);
    assert.equal(file.unwrittenMs, 0);
  });

  it('keeps time where the disk is too slow: what finds no block is silence, and counted', async () => {
    const disk = new TestDisk();
    disk.hold();
    const { file } = record(disk);
    await settle();
    const written = Array.from({ length: 10 }, (_, k) => write(file, k + 1));
    assert.deepEqual(written, [true, true, true, true, true, true, true, true, false, false]);
    disk.release();
    await settle();
    assert.equal(write(file, 11), true);
    await file.close();
    const found = stretches(disk);
    assert.deepEqual(found.at(-2), [0, 8 * BLOCK, 10 * BLOCK]);
    assert.deepEqual(found.at(-1), [11, 10 * BLOCK, 11 * BLOCK]);
    assert.equal(found.length, 10);
    assert.equal(file.unwrittenMs, 1000);
  });

  it('ends at its longest, to the sample, and the call may go on', async () => {
    const disk = new TestDisk();
    const { file, lines } = record(disk, { longestMs: 1250 });
    write(file, 1);
    write(file, 2);
    assert.equal(file.end, undefined);
    write(file, 3);
    assert.equal(file.end, 'limit');
    write(file, 4);
    file.skip(1000);
    await settle();
    assert.ok(disk.steps.includes('close'), 'closed at once');
    await file.close();
    assert.deepEqual(stretches(disk), [
      [1, 0, 4000],
      [2, 4000, 8000],
      [3, 8000, 10_000],
    ]);
    assert.deepEqual([file.end, file.unwrittenMs], ['limit', 0]);
    assert.deepEqual(lines, []);
  });

  it('makes no file where less space is free than there has to be', async () => {
    const disk = new TestDisk();
    disk.free = 999;
    const { file, lines } = record(disk);
    write(file, 1);
    await file.close();
    assert.deepEqual(disk.steps, ['freeBytes']);
    assert.deepEqual([file.end, file.exists, file.unwrittenMs], ['space', false, 500]);
    const fields = { directory: 'recordings', file: 'a.wav', freeBytes: 999, minFreeBytes: 1000 };
    assert.deepEqual(lines, [['warn', fields, 'too little disk space is free: this call is recorded no further']]);
  });

  it('looks at the free space every five seconds, and finishes the file when it gets too little', async () => {
    const disk = new TestDisk();
    disk.free = 1000;
    const { file, lines } = record(disk);
    for (let value = 1; value <= 15; value++) {
      write(file, value);
      await settle();
      if (value === 10) disk.free = 999;
    }
    assert.equal(file.end, undefined);
    for (let value = 16; value <= 25; value++) {
      write(file, value);
      await settle();
    }
    assert.equal(file.end, 'space');
    assert.ok(disk.steps.includes('close'), 'closed at once');
    assert.equal(stretches(disk).at(-1)?.[2], 20 * BLOCK);
    assert.equal(lines.length, 1);
    await file.close();
  });

  for (const [step, code] of [
    ['freeBytes', 'EACCES'],
    ['create', 'EROFS'],
    ['create', 'EEXIST'],
  ] as const) {
    it(`ends with one log line where there can be no file: ${code} from ${step}`, async () => {
      const disk = new TestDisk();
      disk.fails = { step, code };
      const { file, lines } = record(disk);
      write(file, 1);
      await settle();
      assert.equal(file.end, 'error');
      write(file, 2);
      await file.close();
      assert.equal(file.exists, false);
      const fields = { directory: 'recordings', file: 'a.wav', code };
      assert.deepEqual(lines, [['error', fields, 'the recording has failed; the call goes on without it']]);
    });
  }

  it('keeps what was written before the disk failed', async () => {
    const disk = new TestDisk();
    const { file, lines } = record(disk);
    write(file, 1);
    await settle();
    disk.fails = { step: 'write', code: 'ENOSPC' };
    write(file, 2);
    await settle();
    assert.deepEqual([file.end, file.exists, file.durationMs, file.unwrittenMs], ['error', true, 500, 500]);
    assert.deepEqual(stretches(disk), [[1, 0, 4000]]);
    assert.equal(disk.steps.at(-1), 'close');
    await file.close();
    assert.equal(lines.length, 1);
  });

  it('says once that it failed where closing it fails too', async () => {
    const disk = new TestDisk();
    const { file, lines } = record(disk);
    write(file, 1);
    disk.fails = { step: 'close', code: 'EIO' };
    await file.close();
    assert.equal(file.end, 'error');
    assert.equal(lines.length, 1);
  });
});
