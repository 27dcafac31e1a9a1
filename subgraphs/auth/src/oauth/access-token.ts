/** What an access token says, for whom, and how long it says so. Rights are looked up when a token is signed: a role that was taken away is not in the next one. */
import { isOnlyInvestor, scopesOf } from '@pms/identity/principal';
import { DEMO_ORGANIZATION_ID } from '../domain/organization.ts';
import type { AuthStore } from '../store/auth-store.ts';

/** `aud` of every access token. */
export const AUDIENCE = 'pms-api';
export const USER_TOKEN_SECONDS = 900;
export const SERVICE_TOKEN_SECONDS = 1_800;

export interface AccessClaims {
  readonly sub: string;
  readonly token_use: 'USER' | 'SERVICE';
  readonly org: string;
  readonly roles: readonly string[];
  readonly scope: string;
  /** Of those who are nothing but INVESTOR: whose portfolios they see. */
  readonly investors?: readonly string[];
}

export interface Claims {
  /** Null for somebody who is not (any longer) a user. `asked`: only these scopes, of those that the roles give. */
  forUser(userId: string, asked?: ReadonlySet<string>): Promise<AccessClaims | null>;
  forService(clientId: string, asked?: ReadonlySet<string>): Promise<AccessClaims | null>;
}

export function accessClaims(store: AuthStore, { demo }: { readonly demo: boolean }): Claims {
  const admitted = (organizationId: string): boolean => demo || organizationId !== DEMO_ORGANIZATION_ID;
  const joined = (scopes: readonly string[], asked: ReadonlySet<string> | undefined): string =>
    scopes.filter((scope) => asked === undefined || asked.has(scope)).join(' ');
  return {
    async forUser(userId, asked) {
      const found = await store.userById(userId);
      if (found === null || !admitted(found.user.organizationId)) return null;
      const { id, organizationId, roles, investorIds } = found.user;
      return { sub: id, token_use: 'USER', org: organizationId, roles, scope: joined(scopesOf(roles), asked), ...(isOnlyInvestor(roles) ? { investors: investorIds } : {}) };
    },
    async forService(clientId, asked) {
      const found = await store.serviceClientByClientId(clientId);
      if (found === null || !admitted(found.serviceClient.organizationId)) return null;
      const { id, organizationId, scopes } = found.serviceClient;
      return { sub: id, token_use: 'SERVICE', org: organizationId, roles: [], scope: joined(scopes, asked) };
    },
  };
}
