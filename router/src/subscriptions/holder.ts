/** Who may share a subscription: equal in everything that decides what they may read, whichever token says so. */
import { senderKey } from '../dial/sender.ts';
import type { Caller } from '../operation/serve.ts';

/** Of one token: also where the router itself verifies none, and passes on what came. */
export const sameToken = (caller: Caller): string => senderKey(caller);

/** Everything that is known of a principal but which token it was, and since and until when it holds; and the headers that subgraphs are passed. */
export function samePrincipal(caller: Caller): string {
  if (caller.principal === null) return sameToken(caller);
  const { tokenId: _token, expiresAt: _expiry, issuedAt: _issue, ...rest } = caller.principal;
  const known = JSON.stringify(rest, (_, value: unknown) => (value instanceof Set ? [...value as Set<string>].toSorted() : value));
  return `${known}\n${senderKey({ ...caller, principal: null, token: null })}`;
}
