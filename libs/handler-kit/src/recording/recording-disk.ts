import { mkdir, open, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that is being written. */
export interface DiskFile {
  /** Writes all of the bytes at this place. What lies between the file's end and the place reads as zeros. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Makes the file this long: cut, or filled up with zeros. */
  setLength(bytes: number): Promise<void>;
  close(): Promise<void>;
}

/** Where recordings go, as far as they need it. What it throws has the system's `code`. */
export interface RecordingDisk {
  /** Bytes that may still be written there; makes the directory where it is missing. */
  freeBytes(directory: string): Promise<number>;
  /** Makes a new file that nobody else may read: never one that is there already, nor what a link points to. */
  create(directory: string, name: string): Promise<DiskFile>;
}

export const systemDisk: RecordingDisk = {
  async freeBytes(directory) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  },
  async create(directory, name) {
    const handle = await open(join(directory, name), 'wx', 0o600);
    return {
      async write(bytes, position) {
        // A disk that fills up may take a part first, and throw with the rest.
        for (let done = 0; done < bytes.length; ) {
          const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
          done += bytesWritten;
        }
      },
      setLength: (bytes) => handle.truncate(bytes),
      close: () => handle.close(),
    };
  },
};
