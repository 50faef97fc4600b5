import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRule } from '../rules/catalogue.ts';

/**
 * A test of one rule of the catalogue: it is named by the rule's number, its title, and what of it is shown. The test of
 * the whole catalogue finds it by its call, so the number has to stand there as a text: `rule('3.4.2', …)`.
 */
export function rule(id: string, what: string, body: () => Promise<void> | void): void {
  const known = findRule(id);
  assert.ok(known, `there is no rule ${id}`);
  test(`${id} ${known.title} – ${what}`, body);
}
