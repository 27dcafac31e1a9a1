/** The consistency tokens of a mutation's parts, as one: among the extensions of its answer, and as a header that the client presents with what it reads next. */
import type { Seen } from '../telemetry/seen.ts';
import { TOKEN_EXTENSION, tokenOf } from '../telemetry/written.ts';
import type { Answer } from './answer.ts';

export const CONSISTENCY_HEADER = 'x-pms-consistency';
const END = '}}';

export function carryingToken(answer: Answer, seen: Seen): Answer {
  const token = tokenOf(seen);
  if (token === null) return answer;
  const { encoded: _, text, ...rest } = answer; // of a text that it no longer is
  const added = `"${TOKEN_EXTENSION}":${JSON.stringify(token)}`;
  return { ...rest, extended: true, text: answer.extended === true ? `${text.slice(0, -END.length)},${added}${END}` : `${text.slice(0, -1)},"extensions":{${added}${END}` };
}
