import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ServiceName, startService } from '../support/services.ts';

/** Every value is wrong, and is the same word, so that it can be looked for in what the service writes. */
const SECRET = 'hunter2';

const broken: Readonly<Record<ServiceName, readonly string[]>> = {
  'ncco-api': ['LOG_LEVEL', 'PORT', 'PUBLIC_ORIGIN', 'TRUST_PROXY', 'GREETING_STYLE', 'SAMPLE_RATE_HZ'],
  events: ['LOG_LEVEL', 'PORT', 'NATS_URL', 'PUBLISH_TIMEOUT_MS', 'EVENTS_MAX_BYTES'],
  'media-gateway': ['LOG_LEVEL', 'PORT', 'REDIS_URL', 'MAX_LIVE_CALLS', 'SILENCE_TIMEOUT_MS', 'DRAIN_TIMEOUT_MS'],
};

describe('a service with a broken environment', () => {
  for (const [name, variables] of Object.entries(broken) as [ServiceName, readonly string[]][]) {
    it(`ends at once: ${name} lists every bad variable and never a value`, async () => {
      const env = Object.fromEntries(variables.map((variable) => [variable, SECRET]));
      await using service = await startService(name, { env, waitFor: false });
      assert.equal(await service.exited, 1);

      const [first, ...problems] = service.stderr.trimEnd().split('\n');
      assert.equal(first, `${name}: ${variables.length} problems in the environment`);
      assert.deepEqual(problems.map((line) => line.trim().split(':')[0]).sort(), variables.toSorted());
      for (const problem of problems) assert.match(problem, /e\.g\. /, 'says what it should look like');
      assert.equal(service.stderr.includes(SECRET), false);
      assert.deepEqual(service.logs, []);
    });
  }
});
