/** What an idempotency key that was used before means: the first result again, or a refusal. */
import { Refusal } from '@pms/errors';

/** Gives `earlier` back; refuses IDEMPOTENCY_CONFLICT when it came with another content. */
export function sameContent<E extends { readonly contentHash: string }>(earlier: E, contentHash: string): E {
  if (earlier.contentHash !== contentHash)
    throw new Refusal('IDEMPOTENCY_CONFLICT', 'the key was used before with another content', ['idempotencyKey']);
  return earlier;
}
