/** Colours by their use, light and dark; on paper always light. */
const COLOURS = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --panel: #f5f7f9; --ink: #1a1f26; --muted: #5a6673; --line: #dce1e7;
  --said: #2f68b1; --heard: #12806a; --gap: #d43d33; --mark: #8a5a00;
  --good: #14713f; --good-panel: #e7f5ec; --bad: #b3261e; --bad-panel: #fdecea;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #14181d; --panel: #1d2329; --ink: #e7ebef; --muted: #9aa6b2; --line: #333c46;
    --said: #7fb0ec; --heard: #56c8ab; --gap: #ff7a70; --mark: #e0b060;
    --good: #6fd39a; --good-panel: #163324; --bad: #ff938a; --bad-panel: #3d1d1b;
  }
}`;

/** What the picture needs, in a page or by itself. */
export const PICTURE_STYLE = `${COLOURS}
.picture { display: block; width: 100%; height: auto; font: 11px system-ui, sans-serif; background: var(--page); }
.picture .lane { fill: var(--panel); }
.picture .name { fill: var(--ink); font-size: 12px; font-weight: 600; }
.picture .time { fill: var(--muted); }
.picture .grid { stroke: var(--line); stroke-width: 1; }
.picture .said { fill: var(--said); }
.picture .heard { fill: var(--heard); }
.picture .gap { fill: var(--gap); fill-opacity: 0.35; }
.picture .mark path { fill: none; stroke: var(--mark); stroke-width: 1; stroke-dasharray: 3 2; }
.picture .mark .label { fill: var(--mark); }
`;

export const PAGE_STYLE = `${COLOURS}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 68rem; padding: 2.5rem 1.5rem 4rem; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
  -webkit-print-color-adjust: exact; print-color-adjust: exact;
}
h1 { margin: 0 0 1rem; font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 2.25rem 0 0.6rem; font-size: 1.05rem; }
.verdict { margin: 0; padding: 0.7rem 1rem; border-left: 4px solid; border-radius: 4px; font-weight: 600; }
.passed { color: var(--good); background: var(--good-panel); }
.failed { color: var(--bad); background: var(--bad-panel); }
.verdict span { margin-right: 0.5rem; }
ul { margin: 0; padding-left: 1.2rem; }
li { margin: 0.25rem 0; overflow-wrap: anywhere; }
.problems li::marker { color: var(--bad); }
.rule {
  padding: 0 0.35em; border: 1px solid var(--line); border-radius: 4px; background: var(--panel);
  font: 0.85em ui-monospace, "DejaVu Sans Mono", monospace; white-space: nowrap;
}
figure { margin: 2rem 0 0; overflow-x: auto; }
figure .picture { min-width: 40rem; }
figcaption { margin-top: 0.5rem; color: var(--muted); font-size: 0.9rem; }
.swatch {
  display: inline-block; width: 0.8em; height: 0.8em; margin-right: 0.35em; border-radius: 2px;
  background: var(--gap); opacity: 0.45;
}
.wide { overflow-x: auto; }
.wide table { min-width: 46rem; }
table { width: 100%; border-collapse: collapse; font-size: 0.92rem; }
th, td { padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--muted); font-weight: 500; white-space: nowrap; }
td { overflow-wrap: anywhere; }
tbody th { width: 11rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.time { width: 6rem; color: var(--muted); font-variant-numeric: tabular-nums; white-space: nowrap; }
.kind { width: 6rem; color: var(--muted); }
.code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 0.9em; }
.short { white-space: nowrap; }
.bad td, td.bad { color: var(--bad); }
footer { margin-top: 2.5rem; color: var(--muted); font-size: 0.85rem; }
@media print {
  html { font-size: 11px; }
  body { max-width: none; padding: 0; font-size: 1rem; }
  h2 { break-after: avoid; }
  tr, li, figure { break-inside: avoid; }
  figure .picture, .wide table { min-width: 0; }
  .wide, figure { overflow: visible; }
}
`;
