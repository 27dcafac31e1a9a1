/**
 * Whether a subscription may go on over a new supergraph: its source must be asked for the very same, and every response must be one that
 * its client could have had before. The rest of its plan may be another: it is made for the same events, so that going on with it is what
 * subscribing again would come to, without the gap.
 */
import type { Engine } from '../engine.ts';
import { variablesFor } from '../execution/send.ts';
import { documentOf } from '../operation/prepare.ts';
import type { Caller, ReadyOperation } from '../operation/serve.ts';

/** The operation on the new engine; `null` when it must end. */
export async function continued(old: ReadyOperation, engine: Engine, { principal }: Caller): Promise<ReadyOperation | null> {
  try {
    const { source, operationName } = documentOf(old.operation);
    const operation = engine.prepare(source, operationName);
    const variables = engine.variables(operation, old.given);
    const next = { engine, operation, variables, given: old.given, variant: await engine.variant(operation, principal, false, variables) };
    return sameSource(old, next) && sameResponses(old, next) ? next : null;
  } catch {
    return null; // no longer valid, no longer allowed, or cannot be planned: whoever subscribes again is told which
  }
}

function sameSource(left: ReadyOperation, right: ReadyOperation): boolean {
  const [before, after] = [sourceText(left), sourceText(right)];
  return before !== null && before === after;
}

/** What is subscribed upstream, and where. */
export function sourceText({ engine, variant, variables }: ReadyOperation): string | null {
  if (variant.subscription === null) return null;
  const { fetch } = variant.subscription;
  const given = variablesFor(fetch, { variables });
  return JSON.stringify([fetch.service, engine.address(fetch.service), fetch.operation, fetch.operationName, fetch.variables.map((name) => [name, given[name]])]);
}

const sameResponses = (left: ReadyOperation, right: ReadyOperation): boolean => responseText(left) === responseText(right);

/** What a client can make of the answers: by its variables, by what was taken out, by the types that it sees. */
export const responseText = ({ variant, variables }: ReadyOperation): string => JSON.stringify([variant.denied, variant.shape(), variables]);
