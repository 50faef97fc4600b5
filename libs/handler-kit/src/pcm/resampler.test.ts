import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
// A CommonJS bundle, of which Node finds no names: it has to be imported whole.
import libsamplerate from '@alexanderolsen/libsamplerate-js';
import fc from 'fast-check';
import { Resampler } from './resampler.ts';

const CALL_RATES_HZ = [8000, 16000, 24000];
const RATES_HZ = [...CALL_RATES_HZ, 44100, 48000];
const PAIRS = RATES_HZ.flatMap((fromHz) => RATES_HZ.map((toHz) => [fromHz, toHz] as const)).filter(
  ([fromHz, toHz]) => fromHz !== toHz && (CALL_RATES_HZ.includes(fromHz) || CALL_RATES_HZ.includes(toHz)),
);

/** -1 dBFS */
const AMPLITUDE = 10 ** (-1 / 20) * 2 ** 15;

const sine = (hz: number, rateHz: number, seconds: number, amplitude = AMPLITUDE) =>
  Int16Array.from({ length: Math.round(rateHz * seconds) }, (_, i) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hz * i) / rateHz)),
  );

function resampled(samples: Int16Array, fromHz: number, toHz: number, pieceLength = samples.length): Int16Array {
  const resampler = new Resampler(fromHz, toHz);
  const output: number[] = [];
  for (let at = 0; at < samples.length; at += pieceLength) {
    output.push(...resampler.convert(samples.subarray(at, at + pieceLength)));
  }
  output.push(...resampler.flush());
  return Int16Array.from(output);
}

const power = (samples: ArrayLike<number>) => Array.from(samples).reduce((sum, x) => sum + x * x, 0) / samples.length;
const decibels = (ratio: number) => 10 * Math.log10(ratio);

/** The sine of this frequency that comes nearest to the samples, and how far they are from it. */
function fitted(samples: Int16Array, hz: number, rateHz: number, firstIndex: number) {
  let [ss, sc, cc, sx, cx] = [0, 0, 0, 0, 0];
  const angle = (i: number) => (2 * Math.PI * hz * (i + firstIndex)) / rateHz;
  for (const [i, x] of samples.entries()) {
    const [s, c] = [Math.sin(angle(i)), Math.cos(angle(i))];
    ss += s * s;
    sc += s * c;
    cc += c * c;
    sx += s * x;
    cx += c * x;
  }
  const determinant = ss * cc - sc * sc;
  const [a, b] = [(sx * cc - cx * sc) / determinant, (cx * ss - sx * sc) / determinant];
  const ideal = Array.from(samples, (_, i) => a * Math.sin(angle(i)) + b * Math.cos(angle(i)));
  return {
    snrDb: decibels(power(ideal) / power(ideal.map((x, i) => x - (samples[i] as number)))),
    gainDb: 20 * Math.log10(Math.hypot(a, b) / AMPLITUDE),
    lateUs: (-Math.atan2(b, a) / (2 * Math.PI * hz)) * 1e6,
  };
}

describe('Resampler', () => {
  for (const [fromHz, toHz] of PAIRS) {
    it(`keeps tones up to 0.9 of the band from ${fromHz} to ${toHz} Hz: pitch, moment, loudness, 90 dB of noise`, (t) => {
      const nyquistHz = Math.min(fromHz, toHz) / 2;
      const found = [0.03, 0.11, 0.26, 0.43, 0.61, 0.77, 0.85, 0.899].map((part) => {
        const hz = Math.round(nyquistHz * part) + 0.7;
        const output = resampled(sine(hz, fromHz, 0.4), fromHz, toHz);
        const middle = output.subarray(toHz / 10, (toHz * 3) / 10);
        return fitted(middle, hz, toHz, toHz / 10);
      });
      const leastSnrDb = Math.min(...found.map(({ snrDb }) => snrDb));
      const mostGainDb = Math.max(...found.map(({ gainDb }) => Math.abs(gainDb)));
      const mostLateUs = Math.max(...found.map(({ lateUs }) => Math.abs(lateUs)));
      t.diagnostic(
        `${fromHz} to ${toHz}: SNR ${leastSnrDb.toFixed(1)} dB, flat to ${mostGainDb.toFixed(4)} dB, ${mostLateUs.toFixed(3)} µs late`,
      );
      assert.ok(leastSnrDb > 90, `${leastSnrDb} dB`);
      assert.ok(mostGainDb < 0.01, `${mostGainDb} dB`);
      assert.ok(mostLateUs < 0.05, `${mostLateUs} µs`);
    });
  }

  for (const [fromHz, toHz] of PAIRS.filter(([from, to]) => from > to)) {
    it(`lets nothing from above half of ${toHz} Hz through from ${fromHz} Hz`, (t) => {
      const found = [1.001, 1.05, 1.3, 1.9, 2.0]
        .map((part) => (toHz / 2) * part)
        .filter((hz) => hz < (fromHz / 2) * 0.98)
        .map((hz) => {
          const output = resampled(sine(hz, fromHz, 0.3), fromHz, toHz);
          return decibels(AMPLITUDE ** 2 / 2 / Math.max(1e-9, power(output.subarray(toHz / 10, toHz / 5))));
        });
      // The rest is below a step of 16 bits: what is measured is the rounding, of which there may be none either.
      t.diagnostic(`${fromHz} to ${toHz}: ${Math.min(...found).toFixed(1)} dB`);
      assert.ok(found.length > 0 && Math.min(...found) > 85, `${found}`);
    });
  }

  it('makes the same samples to the bit of whatever pieces the stream is cut into', () => {
    const noise = Int16Array.from({ length: 6000 }, (_, i) => ((i * 1103515245 + 12345) >>> 7) & 0xffff);
    const pairs = fc.constantFrom(...PAIRS, [11025, 96000] as const, [96000, 11025] as const, [192000, 8000] as const);
    const cuts = fc.array(fc.integer({ min: 0, max: 6000 }), { maxLength: 30 });
    fc.assert(
      fc.property(pairs, cuts, fc.integer({ min: 0, max: 6000 }), ([fromHz, toHz], places, length) => {
        const input = noise.subarray(0, length);
        const resampler = new Resampler(fromHz, toHz);
        const output: number[] = [];
        let from = 0;
        for (const to of [...places.filter((place) => place < length).sort((a, b) => a - b), length]) {
          output.push(...resampler.convert(input.subarray(from, to)));
          from = to;
        }
        output.push(...resampler.flush());
        assert.equal(output.length, Math.round((length * toHz) / fromHz));
        assert.deepEqual(Int16Array.from(output), resampled(input, fromHz, toHz));
      }),
      { numRuns: 150 },
    );
  });

  it('does not click at the joints of 20 ms pieces', () => {
    for (const [fromHz, toHz] of PAIRS) {
      const output = resampled(sine(440, fromHz, 0.3), fromHz, toHz, fromHz / 50);
      const expected = sine(440, toHz, 0.3);
      const farthest = (from: number, to: number) =>
        Math.max(...Array.from(output.subarray(from, to), (x, i) => Math.abs(x - (expected[from + i] as number))));
      assert.ok(
        farthest(toHz / 50, (toHz * 14) / 50) <= 8,
        `${fromHz} to ${toHz} Hz: ${farthest(toHz / 50, (toHz * 14) / 50)}`,
      );
    }
  });

  it('holds at full scale what swings beyond it', () => {
    const square = Int16Array.from({ length: 4800 }, (_, i) => (i % 480 < 240 ? 32767 : -32768));
    for (const [fromHz, toHz] of PAIRS) {
      const output = resampled(square, fromHz, toHz);
      const period = Math.round((480 * toHz) / fromHz);
      const quarter = output.subarray(period + period / 8, period + (3 * period) / 8);
      assert.ok(
        quarter.every((x) => x > 30000),
        `${fromHz} to ${toHz} Hz wraps around`,
      );
      assert.ok(output.includes(32767) && output.includes(-32768));
    }
  });

  it('keeps a constant as it is, whichever row of the filter makes it', () => {
    for (const [fromHz, toHz] of PAIRS) {
      const output = resampled(new Int16Array(fromHz / 10).fill(20000), fromHz, toHz);
      const middle = output.subarray(toHz / 40, (toHz * 3) / 40);
      assert.ok(
        middle.every((x) => x === 20000),
        `${fromHz} to ${toHz} Hz`,
      );
    }
  });

  it('gives nothing of nothing, and begins anew after a flush', () => {
    const resampler = new Resampler(24000, 16000);
    assert.equal(resampler.convert(new Int16Array(0)).length, 0);
    assert.equal(resampler.flush().length, 0);
    const input = sine(1000, 24000, 0.05);
    const once = () => [...resampler.convert(input), ...resampler.flush()];
    const first = once();
    assert.equal(first.length, 800);
    assert.deepEqual(once(), first);
  });

  it('looks ahead by no more than 60 samples of the lower rate', () => {
    assert.equal(new Resampler(8000, 24000).convert(new Int16Array(160)).length, (160 - 60) * 3);
    assert.equal(new Resampler(24000, 8000).convert(new Int16Array(480)).length, 160 - 60);
  });

  for (const [fromHz, toHz] of [
    [24000, 16000],
    [44100, 16000],
    [48000, 8000],
    [8000, 24000],
  ] as const) {
    it(`agrees with libsamplerate about a chord from ${fromHz} to ${toHz} Hz`, async (t) => {
      const chord = Int16Array.from({ length: fromHz / 2 }, (_, i) => {
        const swell = Math.sin((Math.PI * 2 * i) / fromHz) ** 2;
        const at = (hz: number) => Math.sin((2 * Math.PI * hz * i) / fromHz);
        return Math.round(9000 * swell * (at(301) + at(1403) + at(3307)));
      });
      const mine = resampled(chord, fromHz, toHz);
      const { SRC_SINC_BEST_QUALITY: converterType } = libsamplerate.ConverterType;
      const converter = await libsamplerate.create(1, fromHz, toHz, { converterType });
      const theirs: number[] = [];
      // Silence follows, as it holds back what it needs to look ahead.
      for (let at = 0; theirs.length < mine.length; at += fromHz / 10) {
        const piece = new Float32Array(fromHz / 10);
        piece.set(Float32Array.from(chord.subarray(at, at + fromHz / 10), (x) => x / 2 ** 15));
        theirs.push(...converter.full(piece));
      }
      converter.destroy();
      const differenceDb = decibels(
        power(mine) / power(Array.from(mine, (x, i) => x - (theirs[i] as number) * 2 ** 15)),
      );
      t.diagnostic(`${differenceDb.toFixed(1)} dB`);
      assert.ok(differenceDb > 80, `${differenceDb} dB`);
    });
  }
});
