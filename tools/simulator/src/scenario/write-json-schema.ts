import { writeFile } from 'node:fs/promises';
import { scenarioJsonSchema } from './json-schema.ts';

// Run this after a change of the format, and then the formatter.
const file = new URL('../../scenario.schema.json', import.meta.url);
await writeFile(file, `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
