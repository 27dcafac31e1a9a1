/** Whom FIX sessions capture as: a service client of an organisation, by a token that the platform issued to it and that is verified like any other. */
import { StartError } from '@pms/prisma/embedded';
import type { Principal } from '@pms/identity/principal';
import type { Authenticate } from '@pms/identity/tokens';

export interface ClientLogin {
  readonly tokenUrl: string;
  readonly authenticate: Authenticate;
  readonly client: { readonly id: string; readonly secret: string };
}

const ANSWER_MS_MAX = 10_000;
/** A token that is about to end is not used any more. */
const RENEWED_BEFORE_MS = 30_000;
const MS_PER_SECOND = 1_000;

/** Asks for a token when the last one has ended. Throws StartError for a client that may not capture, another error where the issuer cannot be reached. */
export function principalOf({ tokenUrl, authenticate, client }: ClientLogin): () => Promise<Principal> {
  let known: Principal | null = null;
  return async () => {
    if (known !== null && known.expiresAt * MS_PER_SECOND - Date.now() > RENEWED_BEFORE_MS) return known;
    const response = await fetch(tokenUrl, {
      method: 'POST', signal: AbortSignal.timeout(ANSWER_MS_MAX), redirect: 'error', body: new URLSearchParams({ grant_type: 'client_credentials' }),
      headers: { authorization: `Basic ${Buffer.from(`${encodeURIComponent(client.id)}:${encodeURIComponent(client.secret)}`).toString('base64')}` },
    });
    if (response.status === 400 || response.status === 401) throw new StartError(`The service client ${client.id}, which FIX sessions capture as, is not let in: check its id and its secret.`);
    if (!response.ok) throw new Error(`the token issuer answers ${String(response.status)}`);
    const answer = await response.json() as { access_token?: unknown };
    const principal = await authenticate(`Bearer ${String(answer.access_token)}`);
    if (principal === null || principal.kind !== 'SERVICE' || !principal.scopes.has('trade:write'))
      throw new StartError(`The service client ${client.id}, which FIX sessions capture as, lacks the scope trade:write.`);
    known = principal;
    return principal;
  };
}
