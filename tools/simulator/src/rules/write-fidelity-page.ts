import { readFileSync, writeFileSync } from 'node:fs';
import { withFidelityTable } from './fidelity-table.ts';

/** Run by hand when the catalogue has changed: it brings docs/fidelity.md up to it. */
const page = new URL('../../../../docs/fidelity.md', import.meta.url);
writeFileSync(page, withFidelityTable(readFileSync(page, 'utf8')));
