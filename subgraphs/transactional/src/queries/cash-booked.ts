/** Which idempotency keys have moved cash in a portfolio: what an import asks, to say beforehand what it would book twice. */
import { badInput } from '@pms/errors';
import type { TransactionalContext } from '../context.ts';

const KEYS_MAX = 10_000;

export async function cashBooked({ store, principal }: TransactionalContext, portfolioId: string, keys: readonly string[]): Promise<readonly string[]> {
  if (keys.length > KEYS_MAX) throw badInput(`at most ${KEYS_MAX} keys are asked about at a time`, { keys: keys.length });
  return keys.length === 0 ? [] : store.movementKeys(principal.organizationId, portfolioId, keys);
}
