/** The consistency tokens of a mutation's parts, as one: among the extensions of its answer, and as a header that the client presents with what it reads next. */
import type { Seen } from '../telemetry/seen.ts';
import type { Answer } from './answer.ts';

export const CONSISTENCY_HEADER = 'x-pms-consistency';
const EXTENSION = 'consistencyToken';
const SEPARATOR = '~';
const END = '}}';

/** Takes note of what a subgraph says of a change. */
export function noteToken(seen: Seen, extensions: Readonly<Record<string, unknown>> | undefined): void {
  const token = extensions?.[EXTENSION];
  if (typeof token === 'string') seen.written = [...seen.written, token];
}

/** Null where nothing was written. Each begins with the version, which stands once. */
export function tokenOf({ written }: Seen): string | null {
  const [first, ...more] = written;
  return first === undefined ? null : [first, ...more.flatMap((token) => token.split(SEPARATOR).slice(1))].join(SEPARATOR);
}

export function carryingToken(answer: Answer, seen: Seen): Answer {
  const token = tokenOf(seen);
  if (token === null) return answer;
  const { encoded: _, text, ...rest } = answer; // of a text that it no longer is
  const added = `"${EXTENSION}":${JSON.stringify(token)}`;
  return { ...rest, extended: true, text: answer.extended === true ? `${text.slice(0, -END.length)},${added}${END}` : `${text.slice(0, -1)},"extensions":{${added}${END}` };
}
