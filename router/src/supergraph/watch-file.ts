/**
 * Watches a file by looking at it: that survives atomic renames, links that move (as those of a mounted configuration do), and shared
 * folders, where notifications do not. A file that was written just now is looked at once more: half of it may be a supergraph, too.
 */
import { readFile, stat } from 'node:fs/promises';

export interface FileWatch {
  readonly everyMs: number;
  /** The content that is known. */
  readonly seen: string;
  readonly changed: (sdl: string) => Promise<void>;
}

/** A file that nobody has touched for so long is whole: it was moved here, or a link to it was. */
const SETTLED_MS = 5_000;

export function watchFile(path: string, { everyMs, seen: known, changed }: FileWatch): () => void {
  let seen = known;
  let taken = '';
  let candidate = '';
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const look = async (): Promise<void> => {
    const { mtimeMs, size, ino, dev } = await stat(path); // of what a link leads to
    const mark = `${mtimeMs} ${size} ${ino} ${dev}`;
    if (mark === taken) return;
    const settled = mark === candidate || Date.now() - mtimeMs > SETTLED_MS;
    candidate = mark;
    if (!settled) return;
    const sdl = await readFile(path, 'utf8');
    taken = mark;
    if (sdl === seen) return;
    seen = sdl;
    if (!stopped) await changed(sdl);
  };
  const schedule = (): void => {
    timer = setTimeout(() => void look().catch(gone).finally(() => {
      if (!stopped) schedule();
    }), everyMs);
    timer.unref();
  };
  const gone = (): void => {
    taken = candidate = ''; // for a moment, as in a rename: the last good one stays
  };
  schedule();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
