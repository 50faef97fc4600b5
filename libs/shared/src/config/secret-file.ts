import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, linkSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Makes a file with a new secret in it, unless it is there: for a secret that services on one volume share, and that nobody
 * has to choose. They may do so at the same time, and all have the same in the end.
 *
 * @param path where it is to be; where it cannot be, nothing happens, and whoever reads it says so
 */
export function makeSecretFile(path: string): void {
  if (existsSync(path)) return;
  const own = `${path}.${randomUUID()}`;
  try {
    writeFileSync(own, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
    // Whole from its first moment, and whoever comes second finds it there.
    linkSync(own, path);
  } catch {
    // EEXIST is as good; anything else is told by the configuration, which cannot read the file then.
  } finally {
    rmSync(own, { force: true });
  }
}
