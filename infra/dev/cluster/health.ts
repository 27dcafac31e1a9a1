/** Says which processes can work, when that changes: asked at short intervals at the address that orchestrators ask. */
import type { Part } from './parts.ts';

const EVERY_MS = 2_000;
const ANSWER_MS_MAX = 5_000;

export interface WatchOptions {
  readonly parts: () => readonly Part[];
  readonly say: (line: string) => void;
}

export function watchHealth({ parts, say }: WatchOptions): { stop(): void } {
  const unready = new Set<string>();
  let before = '';
  const look = async (): Promise<void> => {
    const all = parts();
    const found = await Promise.all(all.map(async ({ name, url }) => ({ name, ready: await isReady(url) })));
    unready.clear();
    for (const { name, ready } of found) if (!ready) unready.add(name);
    const now = unready.size === 0 ? `${String(all.length)} processes, all of them ready` : `not ready: ${[...unready].join(', ')}`;
    if (now !== before) say(`health          ${now}`);
    before = now;
  };
  void look();
  const timer = setInterval(() => void look(), EVERY_MS);
  return { stop: () => clearInterval(timer) };
}

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) }).then(({ ok, body }) => {
    void body?.cancel();
    return ok;
  }, () => false);
