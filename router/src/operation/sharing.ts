/**
 * Equal queries of one sender that are under way at the same time are run once, and each gets the same text. Equal:
 * the same document, operation and variables on the same supergraph, the same access token (all that are anonymous are
 * one sender), the same headers that are passed on. An INTERNAL error in a shared answer has the correlation id of the first.
 */
import { sharedReads } from '../dial/shared-reads.ts';
import { senderKey } from '../dial/sender.ts';
import type { RouterMetrics } from '../observe.ts';
import type { Answer } from './answer.ts';
import type { Variant } from './prepare.ts';
import { type Answering, contextOf } from './serve.ts';

export const running: Answering = ({ engine, variant, variables }, caller, signal) => engine.execute(variant, variables, contextOf(caller, signal));

/** Notes what each fetch says about keeping it. */
export const runningHeard: Answering = async ({ engine, variant, variables }, caller, signal) => {
  const heard: (string | undefined)[] = [];
  const answer = await engine.execute(variant, variables, { ...contextOf(caller, signal), heard: (said) => void heard.push(said) });
  return { ...answer, heard };
};

export interface SharedOperations {
  readonly answer: Answering;
  /** Nobody who asks from now on joins what is under way. */
  changed(): void;
}

export function sharedOperations(run: Answering, metrics: RouterMetrics): SharedOperations {
  const shared = sharedReads<Answer>({ another: (answer) => answer, joined: () => metrics.shared.inc({ level: 'operation' }) });
  const numbers = new WeakMap<Variant, number>();
  let last = 0;
  const numberOf = (variant: Variant): number => {
    let number = numbers.get(variant);
    if (number === undefined) numbers.set(variant, number = last += 1);
    return number;
  };
  return {
    changed: shared.changed,
    answer(ready, caller, signal) {
      if (ready.operation.kind !== 'query' || caller.seen.timings !== null) return run(ready, caller, signal);
      const key = `${numberOf(ready.variant)}\n${senderKey(caller)}\n${JSON.stringify(ready.variables)}`;
      return shared.join(key, signal, (lasting) => run(ready, caller, lasting));
    },
  };
}
