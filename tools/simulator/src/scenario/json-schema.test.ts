import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { scenarioJsonSchema } from './json-schema.ts';

/** The paths of all properties that say nothing of themselves. */
function undescribed(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    const below = undescribed(value, `${path}/${key}`);
    if (key !== 'properties') return below;
    const silent = Object.entries(value).filter(([, property]) => !('description' in Object(property)));
    return [...below, ...silent.map(([name]) => `${path}/${name}`)];
  });
}

describe('the JSON Schema of scenarios', () => {
  it('is the one in the file that write-json-schema.ts writes', async () => {
    const file = await readFile(new URL('../../scenario.schema.json', import.meta.url), 'utf8');
    assert.deepEqual(JSON.parse(file), JSON.parse(JSON.stringify(scenarioJsonSchema())));
  });

  it('describes every field', () => assert.deepEqual(undescribed(scenarioJsonSchema(), ''), []));
});
