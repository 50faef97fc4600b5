/** One thing that is wrong with a scenario. */
export interface ScenarioProblem {
  /** From 1; undefined where the scenario was not read from text. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** Where in the scenario, such as `steps[0].say`; empty: the scenario as a whole. */
  readonly path: string;
  /** What was found there, and what is allowed. */
  readonly message: string;
}

/** Thrown when a scenario is none that can be run. The message has a line for each problem. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  readonly problems: readonly ScenarioProblem[];

  /** @param file begins each line of the message. */
  constructor(file: string, problems: readonly ScenarioProblem[], options?: ErrorOptions) {
    super(problems.map((problem) => problemText(file, problem)).join('\n'), options);
    this.problems = problems;
  }
}

function problemText(file: string, { line, column, path, message }: ScenarioProblem): string {
  const place = line === undefined ? file : `${file}:${line}:${column}`;
  return `${place}: ${path === '' ? '' : `${path}: `}${message}`;
}
