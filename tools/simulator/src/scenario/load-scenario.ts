import { readFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AudioError } from '../media/recording.ts';
import { isSpoken, loadSound } from './caller-sounds.ts';
import { checkPlaced, type PlacedScenario, parsePlaced, type ScenarioSource } from './parse-scenario.ts';
import type { Scenario } from './scenario.ts';
import { ScenarioError, type ScenarioProblem } from './scenario-error.ts';

const YAML = ['.yaml', '.yml'];
const CODE = ['.ts', '.mts', '.js', '.mjs'];

/**
 * Loads a scenario from a YAML file, or from a module that exports it as `scenario` or by default. Its WAV files are looked
 * at as well.
 *
 * @throws {ScenarioError} with all that is wrong with it.
 */
export async function loadScenario(path: string): Promise<Scenario> {
  const source = { file: path, directory: dirname(resolve(path)) };
  const parsed = await read(path, source);
  const problems = await soundProblems(parsed);
  if (problems.length > 0) throw new ScenarioError(path, problems);
  return parsed.scenario;
}

async function read(path: string, source: ScenarioSource): Promise<PlacedScenario> {
  const extension = extname(path);
  if (YAML.includes(extension)) return parsePlaced(await readText(path), source);
  if (CODE.includes(extension)) return checkPlaced(await importScenario(path), source);
  throw failure(path, `${extension || 'no ending'} is not one of ${[...YAML, ...CODE].join(', ')}`);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw failure(path, code === 'ENOENT' ? 'there is no such file' : `cannot be read: ${message}`, cause);
  }
}

async function importScenario(path: string): Promise<unknown> {
  await readText(path);
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await import(pathToFileURL(resolve(path)).href);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw failure(path, `cannot be imported: ${reason}`, cause);
  }
  const scenario = module.scenario ?? module.default;
  if (scenario === undefined)
    throw failure(path, 'exports no scenario: neither by the name "scenario", nor by default');
  return scenario;
}

async function soundProblems({ scenario, problem }: PlacedScenario): Promise<ScenarioProblem[]> {
  const problems = scenario.steps.map(async (step, index) => {
    try {
      if (isSpoken(step)) await loadSound(step, scenario.directory);
      return [];
    } catch (error) {
      if (!(error instanceof AudioError)) throw error;
      return [problem({ path: ['steps', index, 'say'], isKey: false, message: error.message })];
    }
  });
  return (await Promise.all(problems)).flat();
}

const failure = (file: string, message: string, cause?: unknown): ScenarioError =>
  new ScenarioError(file, [{ line: undefined, column: undefined, path: '', message }], { cause });
