/** Where checkpoints are kept outside of the database: a file for each organisation, a line of JSON for each checkpoint, on disk before the call ends. */
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
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
    return checkpointsIn(text).filter((one) => one.organizationId === organizationId);
  },
  async append(checkpoint) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(path.join(folder, `${fileNameOf(checkpoint.organizationId)}.jsonl`), 'a+', 0o600);
    try {
      await endLine(file);
      await file.appendFile(`${JSON.stringify(checkpoint)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await syncFolder(folder);
  },
});

/** A last line that a crash broke off was never taken. Any other that cannot be read throws. */
function checkpointsIn(text: string): SignedCheckpoint[] {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  return [...lines, ...(isWhole(last) ? [last] : [])].filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as SignedCheckpoint);
}

function isWhole(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** So that what is added stands in a line of its own: what a crash left of one that was never taken goes, and whoever lacks only its end gets that. */
async function endLine(file: FileHandle): Promise<void> {
  const text = await file.readFile('utf8');
  const end = text.lastIndexOf('\n') + 1;
  const last = text.slice(end);
  if (last === '') return;
  if (isWhole(last)) await file.appendFile('\n');
  else await file.truncate(Buffer.byteLength(text.slice(0, end)));
}

/** That a file is there is part of its folder: without this a new one may be gone after a power cut, with what was written into it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
