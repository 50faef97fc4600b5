import type { EventDelivery, TimelineEntry } from '../call/timeline.ts';
import { escapeHtml } from './escape-html.ts';
import type { HeardTrack } from './heard-track.ts';
import { maskNumbers, maskUrl } from './mask-number.ts';
import { PAGE_STYLE } from './report-style.ts';
import { reportSvg } from './report-svg.ts';
import { timeLabel } from './time-axis.ts';

export { reportSvg } from './report-svg.ts';

/** What a report tells. Phone numbers are masked in all of it. */
export interface ReportInput {
  readonly title: string;
  /** A sentence. */
  readonly verdict: string;
  readonly passed: boolean;
  /** Sentences; the number of a rule in one, such as 3.4.2, is set off. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly events: readonly EventDelivery[];
  readonly timeline: readonly TimelineEntry[];
  readonly track: HeardTrack | undefined;
}

/**
 * The report of a call as one HTML page that needs nothing else: no script, no font, no network, for screens light and
 * dark, and for paper. Bodies of events and queries of addresses are left out of it, as they are personal.
 */
export function reportHtml(input: ReportInput): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${shown(input.title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main>
<h1>${shown(input.title)}</h1>
<p class="verdict ${input.passed ? 'passed' : 'failed'}"><span>${input.passed ? '✓' : '✗'}</span>${shown(input.verdict)}</p>
${list('Problems', 'problems', input.problems)}${list('Notes', 'notes', input.notes)}${picture(input.track)}${facts(input.facts)}${events(input.events)}${timeline(input.timeline)}</main>
<footer>Times count from the beginning of the call. The middle of phone numbers is hidden.</footer>
</body>
</html>
`;
}

const shown = (text: string): string => escapeHtml(maskNumbers(text));

/** The number of a rule has three parts; an address or a longer version has more. */
const RULE = /(?<![\d.])\d\.\d{1,2}\.\d{1,2}(?!\.?\d)/g;

const sentence = (text: string): string => shown(text).replace(RULE, '<span class="rule">$&</span>');

function list(title: string, name: string, sentences: readonly string[]): string {
  if (sentences.length === 0) return '';
  const items = sentences.map((text) => `<li>${sentence(text)}</li>`).join('\n');
  return `<h2>${title}</h2>\n<ul class="${name}">\n${items}\n</ul>\n`;
}

function picture(track: HeardTrack | undefined): string {
  if (!track || track.durationMs === 0) return '';
  const { count, longestMs, totalMs } = track.gaps();
  const gaps =
    count === 0
      ? 'There is no gap in what was heard.'
      : `<span class="swatch"></span>${count} ${count === 1 ? 'gap' : 'gaps'} in what was heard: ${totalMs} ms in all, the longest ${longestMs} ms.`;
  const caption = `${timeLabel(track.durationMs)} of audio at ${track.sampleRateHz} Hz. ${gaps}`;
  return `<figure>\n${reportSvg(track)}<figcaption>${caption}</figcaption>\n</figure>\n`;
}

function facts(rows: ReportInput['facts']): string {
  if (rows.length === 0) return '';
  const lines = rows.map(([name, value]) => `<tr><th scope="row">${shown(name)}</th><td>${shown(value)}</td></tr>`);
  return `<h2>Figures</h2>\n<table>\n<tbody>\n${lines.join('\n')}\n</tbody>\n</table>\n`;
}

function events(deliveries: readonly EventDelivery[]): string {
  if (deliveries.length === 0) return '';
  const names = ['Time', 'Event', 'Leg', 'Webhook', 'Reply'].map((name) => `<th scope="col">${name}</th>`);
  const numbers = ['Attempts', 'ms'].map((name) => `<th scope="col" class="number">${name}</th>`);
  const head = `<tr>${names.join('')}${numbers.join('')}</tr>`;
  const rows = deliveries.map((delivery) => {
    const { atMs, name, legUuid, method, url, status, failure, ms, attempts } = delivery;
    const reply = status === null ? shown(failure ?? 'none') : String(status);
    const isGood = status !== null && status >= 200 && status < 300;
    const leg =
      legUuid === null ? '' : `<abbr title="${escapeHtml(legUuid)}">${escapeHtml(legUuid.slice(0, 8))}</abbr>`;
    return [
      `<tr><td class="time">${clock(atMs)}</td><td>${shown(name)}</td><td class="code short">${leg}</td>`,
      `<td class="code">${method} ${escapeHtml(maskUrl(url))}</td><td${isGood ? '' : ' class="bad"'}>${reply}</td>`,
      `<td class="number">${attempts}</td><td class="number">${ms.toFixed(1)}</td></tr>`,
    ].join('');
  });
  return `<h2>Events</h2>\n<div class="wide"><table>\n<thead>${head}</thead>\n<tbody>\n${rows.join('\n')}\n</tbody>\n</table></div>\n`;
}

function timeline(entries: readonly TimelineEntry[]): string {
  if (entries.length === 0) return '';
  const rows = entries.map(({ atMs, kind, text }) => {
    const line = kind === 'problem' ? '<tr class="bad">' : '<tr>';
    return `${line}<td class="time">${clock(atMs)}</td><td class="kind">${escapeHtml(kind)}</td><td>${sentence(text)}</td></tr>`;
  });
  return `<h2>Timeline</h2>\n<table>\n<tbody>\n${rows.join('\n')}\n</tbody>\n</table>\n`;
}

/** `0:12.345` */
function clock(ms: number): string {
  const whole = Math.round(ms);
  const seconds = ((whole % 60_000) / 1000).toFixed(3).padStart(6, '0');
  return `${Math.floor(whole / 60_000)}:${seconds}`;
}
