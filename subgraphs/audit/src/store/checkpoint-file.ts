/** Where checkpoints are kept outside of the database: a file for each organisation, a line of JSON for each checkpoint, on disk before the call ends. */
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import type { SignedCheckpoint } from '../domain/checkpoint.ts';

export interface CheckpointSink {
  /** May keep one twice; never loses one that it has taken. */
  append(checkpoint: SignedCheckpoint): Promise<void>;
}

export const checkpointFile = (folder: string): CheckpointSink => ({
  async append(checkpoint) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(path.join(folder, `${checkpoint.organizationId.replaceAll(/[^\w-]/g, '_')}.jsonl`), 'a', 0o600);
    try {
      await file.appendFile(`${JSON.stringify(checkpoint)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  },
});
