import { z } from 'zod';
import { scenarioSchema } from './scenario.ts';

/** The format of a scenario for editors and other tools: JSON Schema, draft 2020-12. */
export const scenarioJsonSchema = (): object => ({
  title: 'A scenario of a simulated voice call',
  ...z.toJSONSchema(scenarioSchema, { io: 'input' }),
});
