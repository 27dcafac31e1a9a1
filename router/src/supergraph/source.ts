/**
 * Where the supergraph comes from, and when there is a new one. A file is watched by looking at it: that survives
 * atomic renames, links that move, and shared folders, where notifications do not.
 */
import { readFile, stat } from 'node:fs/promises';

const LOOK_EVERY_MS = 500;

export type SupergraphSource =
  | { readonly kind: 'text'; readonly sdl: string }
  | { readonly kind: 'file'; readonly path: string; readonly watch: boolean; readonly lookEveryMs?: number };

export const supergraphText = (sdl: string): SupergraphSource => ({ kind: 'text', sdl });
export const supergraphFile = (path: string, watch = true): SupergraphSource => ({ kind: 'file', path, watch });

/** Rejects when there is no such file. */
export async function firstSupergraph(source: SupergraphSource): Promise<string> {
  return source.kind === 'text' ? source.sdl : readFile(source.path, 'utf8');
}

/**
 * Tells of every new content, whole or not: whoever takes it over decides whether it is a supergraph, and keeps the
 * last good one if it is not. A file that is half written is told of again when it has changed again.
 */
export function watchSupergraph(source: SupergraphSource, current: string, changed: (sdl: string) => Promise<void>): () => void {
  if (source.kind === 'text' || !source.watch) return () => {};
  let seen = current;
  let mark = '';
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const look = async (): Promise<void> => {
    try {
      const { mtimeMs, size, ino } = await stat(source.path);
      const now = `${mtimeMs} ${size} ${ino}`;
      if (now !== mark) {
        const sdl = await readFile(source.path, 'utf8');
        mark = now;
        if (sdl !== seen) {
          seen = sdl;
          await changed(sdl);
        }
      }
    } catch {
      mark = ''; // gone for a moment, as in a rename: the last good one stays
    }
    if (!stopped) schedule();
  };
  const schedule = (): void => {
    timer = setTimeout(() => void look(), source.lookEveryMs ?? LOOK_EVERY_MS);
    timer.unref();
  };
  schedule();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
