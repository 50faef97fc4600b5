/** The word that was most likely meant, or undefined where none is near. */
export function suggest(written: string, words: readonly string[]): string | undefined {
  const lower = written.toLowerCase();
  let best: string | undefined;
  // A third of the letters may be wrong.
  let leastDistance = Math.max(1, Math.floor(written.length / 3)) + 1;
  for (const word of words) {
    const distance = editDistance(lower, word.toLowerCase());
    if (distance >= leastDistance) continue;
    leastDistance = distance;
    best = word;
  }
  return best;
}

/** How many letters have to be put in, left out, changed, or swapped with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      const distance = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + change);
      const isSwapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(isSwapped ? Math.min(distance, at(beforeLast, j - 2) + 1) : distance);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY;
