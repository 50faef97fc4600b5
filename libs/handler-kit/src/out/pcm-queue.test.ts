import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { audioFormat } from '@kodama/shared/voice';
import { bytesOf, samplesOf } from '../pcm/samples.ts';
import { PcmOrigin } from './pcm-origin.ts';
import { PcmQueue } from './pcm-queue.ts';

/** Frames have 320 bytes, 160 samples. */
const FORMAT = audioFormat(8000);
const FRAME = 320;
const NO_BOUND = 1_000_000;

const counted = (length: number, from = 0) =>
  Buffer.from(Array.from({ length }, (_, index) => 1 + ((from + index) % 251)));
const level = (value: number, frames = 1) => bytesOf(new Int16Array((frames * FRAME) / 2).fill(value));

function takeAll(queue: PcmQueue): Buffer[] {
  const frames: Buffer[] = [];
  for (let frame = queue.next; frame; frame = queue.next) {
    frames.push(frame);
    queue.take();
  }
  return frames;
}

/** The last sample of each frame, which no crossfade reaches: what it was filled with. */
const levels = (frames: Buffer[]) => frames.map((frame) => frame.readInt16LE(FRAME - 2));

describe('PcmQueue', () => {
  it('makes whole frames of pieces of any length, in order', () => {
    for (const pieces of [[FRAME], [1, 2, 3, 313, 1], [7, 640, 313], [2000], [0, 319, 0, 1, 0, 320]]) {
      const queue = new PcmQueue(FORMAT);
      const origin = new PcmOrigin(1);
      let pushed = 0;
      for (const length of pieces) {
        assert.equal(queue.push(counted(length, pushed), origin, 0, NO_BOUND), length);
        pushed += length;
      }
      const whole = Math.floor(pushed / FRAME);
      assert.deepEqual([queue.frames, queue.restBytes, queue.bytes], [whole, pushed % FRAME, pushed]);
      assert.equal(queue.ms, (pushed * 20) / FRAME);
      assert.ok(Buffer.concat(takeAll(queue)).equals(counted(whole * FRAME)));
      assert.deepEqual([queue.frames, queue.next, queue.restBytes], [0, undefined, pushed % FRAME]);
    }
  });

  it('keeps half a sample for its other half, whatever another origin puts in between', () => {
    const queue = new PcmQueue(FORMAT);
    const [one, other] = [new PcmOrigin(1), new PcmOrigin(2)];
    assert.equal(queue.push(Buffer.of(0x11, 0x12, 0x13), one, 0, NO_BOUND), 3);
    assert.deepEqual([queue.restBytes, one.hasHalf], [2, true]);
    queue.push(Buffer.of(0x21, 0x22), other, 0, NO_BOUND);
    queue.push(Buffer.alloc(0), one, 0, NO_BOUND);
    queue.push(Buffer.of(0x14, 0x15), one, 0, NO_BOUND);
    queue.flush(0, one);
    const [frame] = takeAll(queue);
    assert.deepEqual(frame?.subarray(0, 10), Buffer.of(0x11, 0x12, 0x21, 0x22, 0x13, 0x14, 0x15, 0, 0, 0));
    assert.equal(one.hasHalf, false);
  });

  it('fills the rest up with silence, and nothing where there is none', () => {
    const queue = new PcmQueue(FORMAT);
    const origin = new PcmOrigin(1);
    queue.flush(0, origin);
    assert.equal(queue.frames, 0);
    queue.push(counted(FRAME + 4), origin, 0, NO_BOUND);
    queue.flush(0, origin);
    queue.flush(0, origin);
    const frames = takeAll(queue);
    assert.ok(Buffer.concat(frames).equals(Buffer.concat([counted(FRAME + 4), Buffer.alloc(FRAME - 4)])));
    assert.ok(queue.isEmpty);
  });

  it('leaves half a sample of another origin where it is when it is flushed', () => {
    const queue = new PcmQueue(FORMAT);
    const origin = new PcmOrigin(1);
    queue.push(Buffer.of(1, 2, 3), origin, 0, NO_BOUND);
    queue.flush(0);
    assert.equal(origin.hasHalf, true);
    queue.push(Buffer.of(4), origin, 0, NO_BOUND);
    assert.deepEqual([queue.frames, queue.restBytes], [1, 2]);
  });

  it('takes no more than there is room for, and whole samples', () => {
    const queue = new PcmQueue(FORMAT);
    const origin = new PcmOrigin(1);
    assert.equal(queue.push(counted(100), origin, 0, 40), 40);
    assert.equal(queue.push(counted(100), origin, 0, 0), 0);
    assert.equal(queue.push(Buffer.of(1), origin, 0, 2), 1);
    assert.equal(queue.push(counted(100), origin, 0, 0), 0);
    assert.equal(queue.bytes, 40);
    assert.equal(queue.push(counted(100), origin, 0, 2), 1);
    assert.equal(queue.bytes, 42);
  });

  it('shares no memory with what came in, and none among its frames', () => {
    const queue = new PcmQueue(FORMAT);
    const input = counted(3 * FRAME);
    queue.push(input, new PcmOrigin(1), 0, NO_BOUND);
    input.fill(0);
    const frames = takeAll(queue);
    assert.ok(Buffer.concat(frames).equals(counted(3 * FRAME)));
    frames[0]?.fill(9);
    queue.push(level(7), new PcmOrigin(1), 0, NO_BOUND);
    assert.ok(Buffer.concat(frames.slice(1)).equals(counted(3 * FRAME).subarray(FRAME)));
  });

  it('gives a mark when all before it has been taken, of which the rest is a frame', () => {
    const queue = new PcmQueue(FORMAT);
    const origin = new PcmOrigin(1);
    queue.mark(1, 0);
    assert.equal(queue.nextMark, 1);
    queue.takeMark();
    assert.deepEqual([queue.nextMark, queue.isEmpty], [undefined, true]);
    queue.push(counted(FRAME + 2), origin, 0, NO_BOUND);
    queue.mark(2, 0);
    queue.mark(3, 0);
    queue.push(counted(FRAME), origin, 0, NO_BOUND);
    queue.mark(4, 0);
    const order: string[] = [];
    while (!queue.isEmpty) {
      for (let mark = queue.nextMark; mark !== undefined; mark = queue.nextMark) {
        order.push(`mark ${mark}`);
        queue.takeMark();
      }
      if (queue.next) order.push('frame');
      if (queue.next) queue.take();
    }
    assert.deepEqual(order, ['frame', 'frame', 'mark 2', 'mark 3', 'frame', 'mark 4']);
  });

  it('keeps marks and frames in their places when thousands have been taken', () => {
    const queue = new PcmQueue(FORMAT);
    const origin = new PcmOrigin(1);
    let taken = 0;
    for (let k = 1; k <= 3000; k++) {
      queue.push(level(k), origin, 0, NO_BOUND);
      if (k % 100 === 0) queue.mark(k, 0);
      // It is some 90 frames long, so that it is cut with frames and marks in it.
      if (k < 90) continue;
      taken += 1;
      assert.equal(queue.next?.readInt16LE(0), taken);
      queue.take();
      assert.equal(queue.nextMark, taken % 100 === 0 ? taken : undefined);
      if (queue.nextMark) queue.takeMark();
      assert.equal(queue.frames, k - taken);
    }
    assert.deepEqual(
      levels(takeAll(queue)),
      Array.from({ length: 89 }, (_, index) => 2912 + index),
    );
    queue.takeMark();
    assert.ok(queue.isEmpty);
  });

  it('drops the oldest frames of one origin, and no frame that has audio of another one', () => {
    const queue = new PcmQueue(FORMAT);
    const [one, other] = [new PcmOrigin(1), new PcmOrigin(2)];
    queue.push(level(10), other, 0, NO_BOUND);
    queue.push(Buffer.concat([level(20, 2), level(21).subarray(0, 100)]), one, 0, NO_BOUND);
    queue.push(level(11).subarray(100), other, 0, NO_BOUND);
    queue.push(level(22, 3), one, 0, NO_BOUND);
    assert.equal(queue.frames, 7);
    assert.equal(queue.drop(1, 3, false), 3);
    assert.deepEqual(levels(takeAll(queue)), [10, 11, 22, 22]);
    assert.equal(queue.drop(1, 3, false), 0);
  });

  it('blends what follows into what was left out, and leaves alone what follows nothing', () => {
    const queue = new PcmQueue(FORMAT);
    const origin = new PcmOrigin(1);
    for (const value of [1000, 2000, 3000, 4000]) queue.push(level(value), origin, 0, NO_BOUND);
    queue.take();
    assert.equal(queue.drop(1, 2, false), 2);
    const [joint] = takeAll(queue);
    // What would have come is 2000, the first that was left out; 5 ms are 40 samples.
    const samples = samplesOf(joint as Buffer);
    assert.deepEqual([samples[0], samples[20], samples[40], samples[159]], [2000, 3000, 4000, 4000]);
    queue.push(level(5000), origin, 0, NO_BOUND);
    assert.deepEqual(takeAll(queue), [level(5000)]);
  });

  it('fades in over silence where the first frames are left out after a pause', () => {
    const queue = new PcmQueue(FORMAT);
    for (const value of [1000, 4000]) queue.push(level(value), new PcmOrigin(1), 0, NO_BOUND);
    queue.drop(1, 1, true);
    const samples = samplesOf(takeAll(queue)[0] as Buffer);
    assert.deepEqual([samples[0], samples[20], samples[40]], [0, 2000, 4000]);
  });

  it('blends what is yet to come into what was left out at the end, unless a pause lies between', () => {
    for (const pause of [false, true]) {
      const queue = new PcmQueue(FORMAT);
      const origin = new PcmOrigin(1);
      queue.push(level(1000, 2), origin, 0, NO_BOUND);
      assert.equal(queue.drop(1, NO_BOUND, false), 2);
      assert.deepEqual([queue.frames, queue.isEmpty], [0, true]);
      if (pause) queue.forgetJoint();
      queue.push(level(3000, 2), origin, 0, NO_BOUND);
      const [first, second] = takeAll(queue);
      assert.equal(first?.readInt16LE(0), pause ? 3000 : 1000);
      assert.deepEqual(second, level(3000));
    }
  });

  it('moves marks along when frames before them are dropped', () => {
    const queue = new PcmQueue(FORMAT);
    const origin = new PcmOrigin(1);
    for (let k = 0; k < 70; k++) {
      queue.push(level(1), origin, 0, NO_BOUND);
      queue.take();
    }
    queue.push(level(1), origin, 0, NO_BOUND);
    queue.mark(1, 0);
    queue.push(level(2, 2), origin, 0, NO_BOUND);
    queue.mark(2, 0);
    queue.push(level(3, 2), origin, 0, NO_BOUND);
    queue.mark(3, 0);
    queue.drop(1, 2, false);
    assert.equal(queue.nextMark, 1);
    queue.takeMark();
    assert.equal(queue.nextMark, undefined);
    queue.take();
    assert.equal(queue.nextMark, 2);
    queue.takeMark();
    queue.drop(1, NO_BOUND, false);
    assert.deepEqual([queue.nextMark, queue.frames], [3, 0]);
  });

  it('drops the rest where it is of this origin alone', () => {
    const queue = new PcmQueue(FORMAT);
    const [one, other] = [new PcmOrigin(1), new PcmOrigin(2)];
    queue.push(level(1).subarray(0, 100), one, 0, NO_BOUND);
    queue.dropRest(2);
    assert.equal(queue.restBytes, 100);
    queue.dropRest(1);
    assert.ok(queue.isEmpty);
    queue.push(level(1).subarray(0, 100), one, 0, NO_BOUND);
    queue.push(level(2).subarray(0, 100), other, 0, NO_BOUND);
    queue.dropRest(1);
    queue.dropRest(2);
    assert.equal(queue.restBytes, 200);
  });

  it('is as new after it was cleared', () => {
    const queue = new PcmQueue(FORMAT);
    const origin = new PcmOrigin(1);
    queue.push(level(1, 3), origin, 0, NO_BOUND);
    queue.drop(1, 3, false);
    queue.push(level(2, 100), origin, 0, NO_BOUND);
    for (let k = 0; k < 70; k++) queue.take();
    queue.push(Buffer.alloc(10, 1), origin, 0, NO_BOUND);
    queue.mark(1, 0);
    queue.push(Buffer.alloc(10, 1), origin, 0, NO_BOUND);
    queue.clear();
    assert.deepEqual(
      [queue.isEmpty, queue.frames, queue.ms, queue.next, queue.nextMark],
      [true, 0, 0, undefined, undefined],
    );
    queue.push(level(5), origin, 0, NO_BOUND);
    queue.mark(2, 0);
    assert.equal(queue.nextMark, undefined);
    assert.deepEqual(takeAll(queue), [level(5)]);
    assert.equal(queue.nextMark, 2);
  });
});

describe('PcmOrigin', () => {
  it('goes on where a sample begins after bytes that were thrown away', () => {
    const origin = new PcmOrigin(1);
    origin.discard(Buffer.of(1, 2));
    assert.equal(origin.takeOff(), 0);
    origin.discard(Buffer.of(1, 2, 3));
    assert.deepEqual([origin.takeOff(), origin.takeOff()], [1, 0]);
    origin.discard(Buffer.of(1));
    origin.discard(Buffer.of(1));
    assert.equal(origin.takeOff(), 0);
  });

  it('throws half a sample away with its other half', () => {
    const origin = new PcmOrigin(1);
    origin.keepHalf(9);
    origin.discard(Buffer.of(1));
    assert.deepEqual([origin.hasHalf, origin.takeOff()], [false, 0]);
    origin.keepHalf(9);
    origin.discard(Buffer.of(1, 2));
    assert.deepEqual([origin.hasHalf, origin.takeOff()], [false, 1]);
  });
});
