import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { levelDbfs } from './level.ts';
import { silence, tone } from './tone.ts';

/** How much of the samples' power a frequency has, in parts of the whole. */
function share(samples: Int16Array, hz: number, rateHz: number): number {
  let [re, im, all] = [0, 0, 0];
  for (const [i, x] of samples.entries()) {
    re += x * Math.cos((2 * Math.PI * hz * i) / rateHz);
    im += x * Math.sin((2 * Math.PI * hz * i) / rateHz);
    all += x * x;
  }
  return (2 * (re * re + im * im)) / samples.length / all;
}

describe('tone', () => {
  it('has its frequency, length and level, at the call’s rate too', () => {
    const clip = tone({ hz: 440, ms: 500, levelDbfs: -20 });
    assert.deepEqual([clip.durationMs, clip.sampleRateHz], [500, 24000]);
    for (const rateHz of [8000, 16000, 24000]) {
      const middle = clip.samplesAt(rateHz).subarray(rateHz / 10, (rateHz * 4) / 10);
      assert.ok(share(middle, 440, rateHz) > 0.9999, `${rateHz}`);
      assert.equal(levelDbfs(middle).toFixed(1), '-20.0');
    }
  });

  it('sounds several frequencies at once, each as loud, and has the level as a whole', () => {
    const middle = tone({ hz: [700, 1200], ms: 300, sampleRateHz: 8000 })
      .samplesAt(8000)
      .subarray(800, 1600);
    assert.equal(levelDbfs(middle).toFixed(1), '-16.0');
    assert.equal(share(middle, 700, 8000).toFixed(3), '0.500');
    assert.equal(share(middle, 1200, 8000).toFixed(3), '0.500');
  });

  it('begins and ends at nothing, and swells for 5 ms', () => {
    const samples = tone({ hz: 1000, ms: 100, levelDbfs: -6, sampleRateHz: 16000 }).samplesAt(16000);
    const peak = (from: number, to: number) => Math.max(...samples.subarray(from, to).map(Math.abs));
    assert.deepEqual([samples[0], samples.at(-1)], [0, 0]);
    assert.ok(peak(0, 16) < 0.1 * peak(400, 416));
    assert.ok(peak(-16, 1600) < 0.1 * peak(400, 416));
    assert.ok(peak(80, 96) > 0.999 * peak(400, 416));
    assert.ok(peak(64, 80) < 0.999 * peak(400, 416));
  });

  it('fades in and out also where it is shorter than that, or nothing', () => {
    const samples = tone({ hz: 3000, ms: 2, sampleRateHz: 8000 }).samplesAt(8000);
    assert.equal(samples.length, 16);
    assert.deepEqual([samples[0], samples.at(-1)], [0, 0]);
    assert.equal(tone({ hz: 3000, ms: 0 }).durationMs, 0);
  });

  it('refuses what it cannot be', () => {
    const range = (make: () => unknown, message: RegExp) => assert.throws(make, { name: 'RangeError', message });
    range(() => tone({ hz: 4000, ms: 10, sampleRateHz: 8000 }), /4000 Hz .* 8000 .* less than 4000/);
    range(() => tone({ hz: 0, ms: 10 }), /0 Hz/);
    range(() => tone({ hz: Number.NaN, ms: 10 }), /NaN Hz/);
    range(() => tone({ hz: [], ms: 10 }), /none/);
    range(() => tone({ hz: 440, ms: 60_001 }), /60001 ms .* 60000/);
    range(() => tone({ hz: 440, ms: -1 }), /-1 ms/);
    range(() => tone({ hz: 440, ms: 10, levelDbfs: -3 }), /1 tone cannot have -3 dBFS: at most -3\.1/);
    range(() => tone({ hz: [440, 550], ms: 10, levelDbfs: -6 }), /2 tones at once .* at most -6\.1/);
    assert.throws(() => tone({ hz: 440, ms: 10, sampleRateHz: 7000 }), { name: 'AudioFormatError' });
    assert.equal(tone({ hz: [440, 550], ms: 60_000, levelDbfs: -6.1, sampleRateHz: 8000 }).durationMs, 60_000);
  });
});

describe('silence', () => {
  it('is as long as it should be, and silent', () => {
    assert.equal(silence(250).durationMs, 250);
    assert.ok(
      silence(250)
        .samplesAt(24000)
        .every((sample) => sample === 0),
    );
    assert.equal(silence(250).samplesAt(24000).length, 6000);
    assert.throws(() => silence(Number.NaN), { name: 'RangeError' });
  });
});
