import { checkScenario } from './check-scenario.ts';
import type { Finding } from './explain.ts';
import type { Scenario, ScenarioDefinition } from './scenario.ts';
import { ScenarioError, type ScenarioProblem } from './scenario-error.ts';
import { readScenarioText, type ScenarioText } from './scenario-text.ts';
import type { Path } from './schema-walk.ts';

/** Where a scenario comes from. */
export interface ScenarioSource {
  /** For error messages. */
  readonly file: string;
  /** The paths of WAV files are relative to it. */
  readonly directory: string;
}

/**
 * Reads a scenario in YAML.
 *
 * @throws {ScenarioError} with all that is wrong with it.
 */
export const parseScenario = (text: string, source: ScenarioSource): Scenario => parsePlaced(text, source).scenario;

/**
 * Makes a scenario of one that was written in code.
 *
 * @throws {ScenarioError} with all that is wrong with it.
 */
export const makeScenario = (definition: ScenarioDefinition, source: ScenarioSource): Scenario =>
  checkPlaced(definition, source).scenario;

/** A scenario, and what makes a problem of something in it, with its place where there is one. */
export interface PlacedScenario {
  readonly scenario: Scenario;
  problem(finding: Finding): ScenarioProblem;
}

/** @throws {ScenarioError} */
export function parsePlaced(text: string, source: ScenarioSource): PlacedScenario {
  const read = readScenarioText(text);
  if ('placeOf' in read) return checkPlaced(read.value, source, (finding) => problemIn(read, finding));
  const problems = read.map((problem) => ({ path: '', ...problem }));
  throw new ScenarioError(source.file, problems);
}

/** @throws {ScenarioError} */
export function checkPlaced(
  written: unknown,
  { file, directory }: ScenarioSource,
  problem: (finding: Finding) => ScenarioProblem = withoutPlace,
): PlacedScenario {
  const checked = checkScenario(written, directory);
  if ('steps' in checked) return { scenario: checked, problem };
  throw new ScenarioError(file, checked.map(problem).sort(byPlace));
}

const byPlace = (a: ScenarioProblem, b: ScenarioProblem): number =>
  (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);

function withoutPlace({ path, message }: Finding): ScenarioProblem {
  return { line: undefined, column: undefined, path: showPath(path), message };
}

const problemIn = (text: ScenarioText, finding: Finding): ScenarioProblem => ({
  ...withoutPlace(finding),
  ...text.placeOf(finding.path, finding.isKey),
});

/** The path as people write it, as `steps[0].say`. */
function showPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const name = String(key);
    if (!/^[\w$-]+$/.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}
