import { FRAME_MS } from '../media/audio-format.ts';
import { escapeHtml } from './escape-html.ts';
import { gapsIn } from './gaps.ts';
import type { HeardTrack, Mark } from './heard-track.ts';
import { maskNumbers } from './mask-number.ts';
import { PICTURE_STYLE } from './report-style.ts';
import { axisTicksMs, timeLabel } from './time-axis.ts';

/** The picture is drawn in units, of which it is so many wide; the names of the lanes are left of the plot. */
const WIDTH = 1000;
const PLOT_X = 56;
const PLOT_WIDTH = WIDTH - PLOT_X - 8;
const LANE_HEIGHT = 96;
const LANE_GAP = 10;
const AXIS_HEIGHT = 26;
const MOST_AXIS_LABELS = 12;

/** Labels of marks stand in rows above the lanes; those for which no row has room are left to their tick's tooltip. */
const MARK_ROW_HEIGHT = 15;
const MOST_MARK_ROWS = 4;
const MARK_LABEL_LENGTH = 28;
/** The width of a character at 11 units, generously. */
const CHARACTER_WIDTH = 6.4;

/** Peaks below this part of full scale are not drawn larger: what is next to silent has to look so. */
const LEAST_PEAK = 0.05 * 2 ** 15;

/** The room that the label of a moment takes. */
const TIME_LABEL_WIDTH = 60;

interface Envelope {
  /** The lowest and the highest sample of each column. */
  readonly low: Int16Array;
  readonly high: Int16Array;
  /** 1 where the column has audio. */
  readonly present: Uint8Array;
}

/** Columns in a row, without the last. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The picture of a track as an SVG file of its own: what the caller said above, what he heard below, on one time axis and
 * in one scale; gaps shaded, marks as labelled ticks. It follows the reader's light or dark scheme.
 */
export function reportSvg(track: HeardTrack): string {
  const ticks = track.durationMs / FRAME_MS;
  const columns = PLOT_WIDTH;
  const heardPresence = track.heardPresence();
  const said = envelope(columns, ticks, track.saidPresence(), (fromMs, toMs) => track.said(fromMs, toMs));
  const heard = envelope(columns, ticks, heardPresence, (fromMs, toMs) => track.heard(fromMs, toMs));
  const peak = Math.max(LEAST_PEAK, peakOf(said), peakOf(heard));
  const { labels, rows } = placeMarks(track.marks, track.durationMs);

  const top = rows * MARK_ROW_HEIGHT + 8;
  const heardTop = top + LANE_HEIGHT + LANE_GAP;
  const bottom = heardTop + LANE_HEIGHT;
  const parts = [
    `<title>What the caller said and heard, ${timeLabel(track.durationMs)}</title>`,
    `<style>${PICTURE_STYLE}</style>`,
    background(top),
    background(heardTop),
    axis(track.durationMs, top, bottom),
    lane('said', top, said, peak),
    lane('heard', heardTop, heard, peak),
    ...gapSpans(heardPresence, columns).map(({ from, to }) => {
      // A gap of one tick in a long call would be too thin to be seen.
      const width = Math.max(1.5, to - from);
      return `<rect class="gap" x="${PLOT_X + from}" y="${heardTop}" width="${width}" height="${LANE_HEIGHT}"/>`;
    }),
    ...labels.map((label) => markAt(label, bottom)),
  ];
  const height = bottom + AXIS_HEIGHT;
  return `<svg xmlns="http://www.w3.org/2000/svg" class="picture" viewBox="0 0 ${WIDTH} ${height}" role="img">${parts.join('')}</svg>\n`;
}

function envelope(
  columns: number,
  ticks: number,
  presence: Uint8Array,
  samples: (fromMs: number, toMs: number) => Int16Array,
): Envelope {
  const low = new Int16Array(columns);
  const high = new Int16Array(columns);
  const present = new Uint8Array(columns);
  const durationMs = ticks * FRAME_MS;
  for (let x = 0; x < columns && ticks > 0; x++) {
    const fromTick = Math.floor((x * ticks) / columns);
    const toTick = Math.max(fromTick + 1, Math.ceil(((x + 1) * ticks) / columns));
    if (!presence.subarray(fromTick, toTick).includes(1)) continue;
    present[x] = 1;
    for (const sample of samples((x * durationMs) / columns, ((x + 1) * durationMs) / columns)) {
      if (sample < (low[x] as number)) low[x] = sample;
      if (sample > (high[x] as number)) high[x] = sample;
    }
  }
  return { low, high, present };
}

const peakOf = ({ low, high }: Envelope): number =>
  Math.max(
    high.reduce((most, sample) => Math.max(most, sample), 0),
    -low.reduce((least, sample) => Math.min(least, sample), 0),
  );

const background = (top: number): string =>
  `<rect class="lane" x="${PLOT_X}" y="${top}" width="${PLOT_WIDTH}" height="${LANE_HEIGHT}" rx="3"/>`;

function lane(name: 'said' | 'heard', top: number, { low, high, present }: Envelope, peak: number): string {
  const middle = top + LANE_HEIGHT / 2;
  const scale = (LANE_HEIGHT / 2 - 3) / peak;
  const y = (sample: number, least: number) => (middle - sample * scale + least).toFixed(1);
  const waves = spansOf(present).map(({ from, to }) => {
    const xs = Array.from({ length: to - from }, (_, i) => from + i);
    // Silence is a thin line: where there is none, there was no audio.
    const upper = xs.map((x) => `${PLOT_X + x} ${y(high[x] as number, -0.6)}`);
    const lower = xs.reverse().map((x) => `${PLOT_X + x + 1} ${y(low[x] as number, 0.6)}`);
    return `M${[...upper, ...lower].join('L')}Z`;
  });
  return [
    `<text class="name" x="${PLOT_X - 10}" y="${middle + 4}" text-anchor="end">${name}</text>`,
    `<path class="${name}" d="${waves.join('')}"/>`,
  ].join('');
}

/** The columns that the gaps touch. */
function gapSpans(presence: Uint8Array, columns: number): Span[] {
  const touched = new Uint8Array(columns);
  for (const { fromTick, toTick } of gapsIn(presence)) {
    const from = Math.floor((fromTick * columns) / presence.length);
    touched.fill(1, from, Math.max(from + 1, Math.round((toTick * columns) / presence.length)));
  }
  return spansOf(touched);
}

function spansOf(columns: Uint8Array): Span[] {
  const spans: Span[] = [];
  for (let from = columns.indexOf(1); from >= 0; ) {
    const end = columns.indexOf(0, from);
    const to = end < 0 ? columns.length : end;
    spans.push({ from, to });
    from = columns.indexOf(1, to);
  }
  return spans;
}

const xOf = (atMs: number, durationMs: number): number =>
  Math.round((PLOT_X + (durationMs === 0 ? 0 : atMs / durationMs) * PLOT_WIDTH) * 10) / 10;

function axis(durationMs: number, top: number, bottom: number): string {
  const ticks = axisTicksMs(durationMs, MOST_AXIS_LABELS).map((atMs) => {
    const x = xOf(atMs, durationMs);
    // At the very end a label would be cut off.
    const anchor = x > WIDTH - TIME_LABEL_WIDTH / 2 ? 'end' : 'middle';
    const label = `<text class="time" x="${x}" y="${bottom + 18}" text-anchor="${anchor}">${timeLabel(atMs)}</text>`;
    return `<path class="grid" d="M${x} ${top}V${bottom + 5}"/>${label}`;
  });
  return ticks.join('');
}

interface PlacedMark {
  readonly x: number;
  readonly text: string;
  /** From the top; null where the label has no room. */
  readonly row: number | null;
  /** Near the right edge a label stands left of its tick. */
  readonly isLeft: boolean;
}

function placeMarks(marks: readonly Mark[], durationMs: number): { labels: PlacedMark[]; rows: number } {
  const takenTo = new Array<number>(MOST_MARK_ROWS).fill(0);
  const labels = marks.map(({ atMs, text }): PlacedMark => {
    const x = xOf(atMs, durationMs);
    const shown = maskNumbers(text);
    const width = (Math.min(shown.length, MARK_LABEL_LENGTH) + 1) * CHARACTER_WIDTH;
    const isLeft = x + width > WIDTH;
    const begin = isLeft ? x - width : x;
    const row = takenTo.findIndex((end) => end <= begin);
    if (row >= 0) takenTo[row] = begin + width + CHARACTER_WIDTH;
    return { x, text: shown, row: row < 0 ? null : row, isLeft };
  });
  return { labels, rows: Math.max(0, ...labels.map(({ row }) => (row === null ? 0 : row + 1))) };
}

function markAt({ x, text, row, isLeft }: PlacedMark, bottom: number): string {
  const y = (row ?? 0) * MARK_ROW_HEIGHT + 12;
  const short = text.length > MARK_LABEL_LENGTH ? `${text.slice(0, MARK_LABEL_LENGTH - 1)}…` : text;
  const side = isLeft ? `x="${x - 4}" text-anchor="end"` : `x="${x + 4}"`;
  const label = row === null ? '' : `<text class="label" ${side} y="${y}">${escapeHtml(short)}</text>`;
  const tickTop = row === null ? bottom : y - 9;
  const tick = row === null ? `M${x} ${bottom}v6` : `M${x} ${tickTop}V${bottom}`;
  return `<g class="mark"><title>${escapeHtml(text)}</title><path d="${tick}"/>${label}</g>`;
}
