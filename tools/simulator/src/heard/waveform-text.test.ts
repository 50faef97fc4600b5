import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HeardTrack } from './heard-track.ts';
import { waveformText } from './waveform-text.ts';

/** A frame of 8 kHz in which every sample is this. */
const frame = (value: number): Buffer => Buffer.from(new Int16Array(160).fill(value).buffer);

/** A tick a letter, said and heard: a digit is as loud as 4 to that power, a space is nothing. */
function trackOf(said: string, heard: string): HeardTrack {
  const track = new HeardTrack(8000);
  const frameOf = (letter = ' ') => (letter === ' ' ? undefined : frame(4 ** Number(letter)));
  for (let tick = 0; tick < Math.max(said.length, heard.length); tick++) {
    track.add(frameOf(said[tick]), frameOf(heard[tick]));
  }
  return track;
}

describe('waveformText', () => {
  it('draws levels, what is missing at either end, gaps, and the time', () => {
    const text = waveformText(trackOf('  01234567', ' 7654 321 '), 26);
    assert.equal(
      text,
      [
        'said      ▁▁▁▁▁▁▁▁▂▂▄▄▆▆██',
        'heard   ██▆▆▄▄▂▂··▁▁▁▁▁▁',
        'gaps            ··',
        '      ╵0 s      ╵0.1 s',
        '',
      ].join('\n'),
    );
  });

  it('has no row for gaps where there are none', () => {
    assert.equal(waveformText(trackOf('7777', '    '), 16), 'said  ██████████\nheard\n      ╵0 s\n');
  });

  it('marks a gap that is too short to take the place of a block', () => {
    const text = waveformText(trackOf('', `${'7'.repeat(25)} ${'7'.repeat(74)}`), 16);
    assert.equal(text, 'said\nheard ██████████\ngaps    ·\n      ╵0 s\n');
  });

  it('does without names in a very narrow terminal', () => {
    assert.equal(waveformText(trackOf('77', '77'), 15), `${'█'.repeat(15)}\n${'█'.repeat(15)}\n╵0 s\n`);
    assert.equal(waveformText(trackOf('77', '77'), 1), '█\n█\n╵\n');
  });

  it('is empty rows where there was no call', () => {
    assert.equal(waveformText(new HeardTrack(8000), 80), 'said\nheard\n\n');
  });

  it('has a line for each label of a long call', () => {
    const track = new HeardTrack(8000);
    for (let tick = 0; tick < 90 * 50; tick++) track.add(frame(tick), frame(tick));
    assert.match(waveformText(track, 60), /\n {6}╵0 s +╵20 s +╵40 s +╵1:00 +╵1:20\n$/);
  });

  it('is never wider than it may be', () => {
    const ticks = fc.array(fc.boolean(), { maxLength: 300 });
    fc.assert(
      fc.property(ticks, fc.integer({ min: 1, max: 200 }), (heard, columns) => {
        const track = new HeardTrack(8000);
        for (const isHeard of heard) track.add(isHeard ? undefined : frame(999), isHeard ? frame(999) : undefined);
        const lines = waveformText(track, columns).split('\n');
        assert.ok(lines.every((line) => line.length <= Math.max(columns, 5)));
        assert.ok(columns < 5 || lines.every((line) => line.length <= columns));
        assert.equal(
          lines.some((line) => line.includes('·')),
          track.gaps().count > 0,
        );
      }),
      { numRuns: 200 },
    );
  });
});
