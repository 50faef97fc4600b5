/** Samples of one value in a row. */
export interface Run {
  readonly value: number;
  readonly samples: number;
}

/** The samples as runs; silence, which is 0, is left out. */
export function runsOf(samples: Int16Array): Run[] {
  const runs: { value: number; samples: number }[] = [];
  let last = 0;
  for (const value of samples) {
    const run = runs.at(-1);
    if (run && value === last) run.samples += 1;
    else runs.push({ value, samples: 1 });
    last = value;
  }
  return runs.filter(({ value }) => value !== 0);
}
