/** What signing in is proved with. */
import { challengeOf } from '../../../subgraphs/auth/src/domain/pkce.ts';
import type { Evaluate } from '../oracle-case.ts';

export const identityKinds: Readonly<Record<string, Evaluate>> = {
  oauth_pkce: ({ input }) => ({ code_challenge: challengeOf(input['code_verifier'] as string) }),
};
