/** What a request with a known idempotency key leads to: the first result, or IDEMPOTENCY_CONFLICT where the content is another. */
import { Refusal } from '@pms/errors';

const KEY_CHARACTERS_MAX = 200;

/** Null when the key is new. */
export function firstResult<Thing>(found: { readonly thing: Thing; readonly contentHash: string } | null, contentHash: string): Thing | null {
  if (found === null) return null;
  if (found.contentHash !== contentHash) throw new Refusal('IDEMPOTENCY_CONFLICT', 'the key was used before with other content', ['idempotencyKey']);
  return found.thing;
}

export function checkKey(idempotencyKey: string): void {
  if (idempotencyKey === '' || idempotencyKey.length > KEY_CHARACTERS_MAX)
    throw new Refusal('INVALID', `an idempotency key has 1 to ${KEY_CHARACTERS_MAX} characters`, ['idempotencyKey']);
}
