/** Where checkpoints are kept outside of the database: a file for each organisation, a line of JSON for each checkpoint, on disk before the call ends. */
import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { SignedCheckpoint } from '../domain/checkpoint.ts';

export interface CheckpointSink {
  /** For people: where it is. */
  readonly where: string;
  /** Everything that was kept of one organisation. Throws where that cannot be read. */
  read(organizationId: string): Promise<readonly SignedCheckpoint[]>;
  /** May keep one twice; never loses one that it has taken. */
  append(checkpoint: SignedCheckpoint): Promise<void>;
}

/** What an organisation is called where only letters, digits, - and _ may be. */
export const fileNameOf = (organizationId: string): string => organizationId.replaceAll(/[^\w-]/g, '_');

export const checkpointFile = (folder: string): CheckpointSink => ({
  where: folder,
  async read(organizationId) {
    const text = await readFile(path.join(folder, `${fileNameOf(organizationId)}.jsonl`), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    return text.split('\n').filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as SignedCheckpoint).filter((one) => one.organizationId === organizationId);
  },
  async append(checkpoint) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(path.join(folder, `${fileNameOf(checkpoint.organizationId)}.jsonl`), 'a', 0o600);
    try {
      await file.appendFile(`${JSON.stringify(checkpoint)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  },
});
