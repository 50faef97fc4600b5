import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { polyphaseFilter, ratioOf } from './polyphase-filter.ts';

const USUAL_RATES_HZ = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 96000];

/** The filter's own response, dB: nothing of it is hidden below the rounding of samples here. */
function responseDb(fromHz: number, toHz: number, hz: number): number {
  const { up, taps, coefficients } = polyphaseFilter(fromHz, toHz);
  let [re, im] = [0, 0];
  for (const [i, coefficient] of coefficients.entries()) {
    const distance = (i % taps) - (taps / 2 - 1) - Math.floor(i / taps) / up;
    const angle = (2 * Math.PI * hz * distance) / fromHz;
    re += coefficient * Math.cos(angle);
    im += coefficient * Math.sin(angle);
  }
  return 20 * Math.log10(Math.hypot(re, im) / up);
}

const steps = (from: number, to: number) => Array.from({ length: 41 }, (_, i) => from + ((to - from) * i) / 40);

describe('polyphaseFilter', () => {
  for (const [fromHz, toHz] of [
    [8000, 16000],
    [8000, 24000],
    [16000, 24000],
    [24000, 16000],
    [48000, 8000],
    [44100, 16000],
  ] as const) {
    it(`is flat up to 0.9 of the band, and silent by 90 dB above it, from ${fromHz} to ${toHz} Hz`, (t) => {
      const nyquistHz = Math.min(fromHz, toHz) / 2;
      const response = (parts: number[]) => parts.map((part) => responseDb(fromHz, toHz, part * nyquistHz));
      const rippleDb = Math.max(...response(steps(0, 0.9)).map(Math.abs));
      const stopDb = Math.max(
        ...response([...steps(1, 1.2), ...steps(1.2, (ratioOf(fromHz, toHz).up * fromHz) / 2 / nyquistHz)]),
      );
      t.diagnostic(`ripple ${rippleDb.toFixed(4)} dB, stop band ${stopDb.toFixed(1)} dB`);
      assert.ok(rippleDb < 0.005, `${rippleDb} dB`);
      assert.ok(stopDb < -90, `${stopDb} dB`);
    });
  }

  it('is made once for all pairs of a ratio', () => {
    assert.equal(polyphaseFilter(48000, 32000), polyphaseFilter(24000, 16000));
    assert.notEqual(polyphaseFilter(16000, 24000), polyphaseFilter(24000, 16000));
  });

  it('keeps a bounded number of tables: an old one is made again', () => {
    const first = polyphaseFilter(8000, 8008);
    assert.equal(polyphaseFilter(8000, 8008), first);
    for (let rateHz = 8100; rateHz < 8100 + 24 * 40; rateHz += 40) polyphaseFilter(8000, rateHz);
    const again = polyphaseFilter(8000, 8008);
    assert.notEqual(again, first);
    assert.deepEqual(again, first);
  });

  it('can be made for all pairs of usual rates', () => {
    for (const fromHz of USUAL_RATES_HZ) {
      for (const toHz of USUAL_RATES_HZ) assert.doesNotThrow(() => ratioOf(fromHz, toHz));
    }
    assert.deepEqual(ratioOf(44100, 16000), { up: 160, down: 441 });
    assert.deepEqual(ratioOf(192000, 8000), { up: 1, down: 24 });
  });

  it('is refused where the ratio is not simple', () => {
    assert.deepEqual(ratioOf(8000, 12790), { up: 1279, down: 800 });
    assert.deepEqual(ratioOf(96000, 11025), { up: 147, down: 1280 });
    assert.throws(() => ratioOf(12810, 8000), { name: 'AudioFormatError', message: /12810 Hz .* 8000 Hz: .*1281:800/ });
    assert.throws(() => ratioOf(8000, 12810), { name: 'AudioFormatError', message: /800:1281/ });
  });
});
