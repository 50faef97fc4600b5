import { accessSync, constants, statSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { UsageError } from './usage-error.ts';

/**
 * The whole path of a file that is to be written when the call is over; what stands in its way is told before.
 *
 * @param endings of its name, which say what is written.
 * @throws {UsageError}
 */
export function outputFile(option: string, file: string, directory: string, endings: readonly string[]): string {
  if (!endings.includes(extname(file).toLowerCase())) {
    throw new UsageError(`${option} ${file}: ends not with ${endings.join(' or ')}`);
  }
  const path = resolve(directory, file);
  const folder = dirname(path);
  try {
    if (!statSync(folder).isDirectory()) throw new UsageError(`${option} ${file}: ${folder} is no directory`);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`${option} ${file}: cannot be written: ${folder}: ${code}`);
  }
  return path;
}
