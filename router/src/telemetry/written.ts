/** What subgraphs say of a mutation's parts: the consistency tokens of what they wrote, and the one of the whole. */
import type { Seen } from './seen.ts';

export const TOKEN_EXTENSION = 'consistencyToken';
const SEPARATOR = '~';

/** Takes note of what a subgraph says of a change. */
export function noteToken(seen: Seen, extensions: Readonly<Record<string, unknown>> | undefined): void {
  const token = extensions?.[TOKEN_EXTENSION];
  if (typeof token === 'string') seen.written = [...seen.written, token];
}

/** Null where nothing was written. Each begins with the version and whose it is, which stands once. */
export function tokenOf({ written }: Pick<Seen, 'written'>): string | null {
  const [first, ...more] = written;
  return first === undefined ? null : [first, ...more.flatMap((token) => token.split(SEPARATOR).slice(1))].join(SEPARATOR);
}
