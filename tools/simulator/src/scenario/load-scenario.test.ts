import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadScenario } from './load-scenario.ts';
import { makeScenario } from './parse-scenario.ts';
import { defineScenario } from './scenario.ts';
import { ScenarioError } from './scenario-error.ts';

const example = (name: string) => fileURLToPath(new URL(`../../scenarios/${name}`, import.meta.url));

describe('loadScenario', () => {
  let directory = '';
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'scenario-'));
  });
  after(() => rm(directory, { recursive: true }));

  async function file(name: string, text: string): Promise<string> {
    const path = join(directory, name);
    await writeFile(path, text);
    return path;
  }

  /** The error's message, without the directory. */
  async function complaint(path: string): Promise<string> {
    try {
      await loadScenario(path);
    } catch (error) {
      if (error instanceof ScenarioError) return error.message.replaceAll(`${directory}/`, '');
      throw error;
    }
    return 'none';
  }

  it('loads the examples', async () => {
    const echo = await loadScenario(example('echo.yaml'));
    assert.deepEqual(echo.steps, [{ say: 'speech' }, { silence: 500 }]);
    assert.equal(echo.expect.length, 4);
    const menu = await loadScenario(example('menu.mjs'));
    assert.equal(menu.start, 'answered');
    assert.deepEqual(menu.steps.at(-1), { hangUp: true });
  });

  it('loads modules that export the scenario by name or by default', async () => {
    const named = await file('named.mjs', 'export const scenario = { name: "Named", steps: [{ silence: "1s" }] };');
    assert.deepEqual((await loadScenario(named)).steps, [{ silence: 1000 }]);
    const plain = await file('plain.mts', 'const scenario: object = { name: "Plain" };\nexport default scenario;');
    const { name, directory: own } = await loadScenario(plain);
    assert.deepEqual([name, own], ['Plain', directory]);
  });

  it('is not needed for a scenario that is written in code', () => {
    const source = { file: 'a.test.ts', directory };
    const { steps } = makeScenario(
      defineScenario({ name: 'A', steps: [{ press: '5', at: '2.5s' }, 'hangUp'] }),
      source,
    );
    assert.deepEqual(steps, [{ press: '5', hold: 100, at: 2500 }, { hangUp: true }]);
    assert.throws(
      () => makeScenario({ name: 'A', timeout: '3h' }, source),
      /^ScenarioError: a.test.ts: timeout: "3h" is not a time/,
    );
  });

  for (const [name, text, expected] of [
    [
      'wrong.mjs',
      'export default { name: "A", steps: [{ silnce: 1 }] };',
      'wrong.mjs: steps[0].silnce: is not known here; did you mean "silence"?',
    ],
    [
      'other.mjs',
      'export const other = 1;',
      'other.mjs: exports no scenario: neither by the name "scenario", nor by default',
    ],
    ['throws.mjs', 'throw new Error("no luck");', 'throws.mjs: cannot be imported: no luck'],
    ['scenario.json', '{}', 'scenario.json: .json is not one of .yaml, .yml, .ts, .mts, .js, .mjs'],
    ['empty.yml', 'name: ""', 'empty.yml:1:7: name: "" is not a name'],
  ] as const) {
    it(`says what is wrong with ${name}`, async () => assert.equal(await complaint(await file(name, text)), expected));
  }

  it('says that there is no such file', async () => {
    assert.equal(await complaint(join(directory, 'none.yaml')), 'none.yaml: there is no such file');
    assert.equal(await complaint(join(directory, 'none.ts')), 'none.ts: there is no such file');
  });

  it('says where a WAV file is named that cannot be read, relative to the scenario', async () => {
    await file('text.wav', 'no sound');
    const path = await file('sounds.yaml', 'name: A\nsteps:\n  - say: none.wav\n  - say: text.wav\n');
    const [first, second] = (await complaint(path)).split('\n');
    assert.equal(first, 'sounds.yaml:3:10: steps[0].say: there is no file none.wav');
    assert.match(second ?? '', /^sounds.yaml:4:10: steps\[1\].say: text.wav is not a WAV file that can be read: /);
  });
});
