/** The mutations of the load: each is sent until it is answered, always with the same key, and remembered with when and how it ended. */
import { type Answered, type Asking, type Insisted, insist } from './asking.ts';
import * as documents from './documents.ts';
import type { Kind, Outcome, Write } from './recorded.ts';

export interface Recording {
  readonly asking: Asking;
  readonly by: string;
  /** Whether it is time to give up on what has not been answered. */
  over(): boolean;
  keep(write: Write): void;
}

/** What a write is, before it is known how it ends. */
export type Wanted = Pick<Write, 'kind' | 'key' | 'object' | 'value'> & { readonly wrong?: boolean };

const texts: Readonly<Record<Kind, string>> = {
  createPortfolio: documents.CREATE_PORTFOLIO, deposit: documents.DEPOSIT, withdraw: documents.WITHDRAW, capture: documents.CAPTURE, amend: documents.AMEND,
  cancel: documents.CANCEL, rename: documents.UPDATE_PORTFOLIO,
};

/** Resolves to the id of what was made or changed; null when it was refused, or nothing is known. */
export async function mutate({ asking, by, over, keep }: Recording, wanted: Wanted, input: Readonly<Record<string, unknown>>): Promise<string | null> {
  const invokedAt = performance.now();
  const ended = await insist(async () => payloadOf(await asking.ask<documents.Done>(texts[wanted.kind], { input })), over);
  const { answer } = ended;
  const id = answer.end === 'answered' ? answer.data.done.made?.id ?? null : null;
  keep({ ...wanted, ...endingOf(ended), by, wrong: wanted.wrong ?? false, object: wanted.object === '' ? id ?? '' : wanted.object, invokedAt, completedAt: answer.end === 'unknown' ? null : performance.now() });
  return answer.end === 'answered' ? id ?? '' : null;
}

/** Many trades in one call; resolves to the ids of those that were captured, null for the others, in the order of `wanted`. */
export async function captureMany({ asking, by, over, keep }: Recording, wanted: readonly Wanted[], trades: readonly Readonly<Record<string, unknown>>[]): Promise<(string | null)[]> {
  const invokedAt = performance.now();
  const ended = await insist(() => asking.ask<documents.Done>(documents.CAPTURE_MANY, { input: { trades } }), over);
  const { answer, attempts } = ended;
  const completedAt = answer.end === 'unknown' ? null : performance.now();
  const results = answer.end === 'answered' ? new Map((answer.data.done.results ?? []).map((result) => [result.index, result])) : null;
  return wanted.map((one, at) => {
    const result = results?.get(at);
    const id = result?.trade?.id ?? null;
    const ending = results === null || id !== null ? endingOf(ended) : { outcome: refusedAfter(attempts), attempts, code: result?.outcome ?? 'CALL_REFUSED' };
    keep({ ...one, ...ending, by, wrong: one.wrong ?? false, object: id ?? '', invokedAt, completedAt });
    return id;
  });
}

/** A refusal of business is an answer of the API, and a refusal here. */
function payloadOf(answer: Answered<documents.Done>): Answered<documents.Done> {
  const [refusal] = answer.end === 'answered' ? answer.data.done.userErrors : [];
  return refusal === undefined ? answer : { end: 'refused', code: refusal.code, message: refusal.message };
}

function endingOf({ answer, attempts }: Insisted<documents.Done>): Pick<Write, 'outcome' | 'attempts' | 'code'> {
  if (answer.end === 'answered') return { outcome: 'acknowledged', attempts, code: null };
  return answer.end === 'unknown' ? { outcome: 'unknown', attempts, code: answer.problem } : { outcome: refusedAfter(attempts), attempts, code: answer.code };
}

/** An earlier attempt whose end is not known may yet be carried out, whatever the last one was told. */
const refusedAfter = (attempts: number): Outcome => (attempts === 1 ? 'refused' : 'unknown');
