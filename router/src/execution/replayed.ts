/** Asks again what an earlier execution had asked of a fetch, and goes on only while the answers are the same. */
import { AnswersChanged, type Fetch, type Replay } from './recall.ts';
import type { Data, Environment, Run } from './run.ts';
import { send } from './send.ts';

const NO_VARIABLES: Data = {}; // they stand in the text

/** Throws AnswersChanged; what was sent until then need not be sent again. */
export async function replayed(fetch: Fetch, { exchanges, sent }: Replay, run: Run, environment: Environment): Promise<void> {
  const asked = exchanges.get(fetch);
  if (asked === undefined) return; // there was nothing to ask
  const requests = asked.map((exchanged) => {
    const result = send(fetch, NO_VARIABLES, run, environment, { variablesText: exchanged.variablesText, expected: exchanged });
    let of = sent.get(fetch);
    if (of === undefined) sent.set(fetch, of = new Map());
    of.set(exchanged.variablesText, result);
    return result;
  });
  for (const { same } of await Promise.all(requests)) if (same !== true) throw new AnswersChanged(`${fetch.service} says something else than before`);
}
