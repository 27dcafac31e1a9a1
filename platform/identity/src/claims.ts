/** Who is asking, by what another issuer's tokens say: each part of a principal is found by ways into the claims, and has a default where the token is silent. */
import type { Principal } from './principal.ts';

/** A way is a claim's whole name (`cognito:groups`, `https://app.example/roles`), or leads into one (`realm_access.roles`). The first way that leads somewhere counts. */
export interface ClaimWays {
  readonly subject: readonly string[];
  readonly organization: readonly string[];
  readonly roles: readonly string[];
  /** All of them count: a token may say some in one claim and some in another. */
  readonly scopes: readonly string[];
  readonly tokenUse: readonly string[];
  readonly tokenId: readonly string[];
}

export interface ClaimRules {
  readonly issuer: string;
  readonly ways: ClaimWays;
  /** Claims that must have one of these values: what tells an access token from another of the same issuer. */
  readonly required: Readonly<Record<string, readonly string[]>>;
}

export type IssuerKind = 'cognito' | 'keycloak' | 'auth0' | 'oidc';

const standard: ClaimWays = { subject: ['sub', 'client_id', 'azp'], organization: ['org', 'org_id', 'organization'], roles: ['roles'], scopes: ['scope', 'scp'], tokenUse: ['gty'], tokenId: ['jti'] };

export const presets: Readonly<Record<IssuerKind, { readonly ways: ClaimWays; readonly required: ClaimRules['required']; readonly audienceClaims: readonly string[] }>> = {
  oidc: { ways: standard, required: {}, audienceClaims: ['aud'] },
  // An access token of Cognito names its client instead of an audience.
  cognito: { ways: { ...standard, organization: ['custom:organization'], roles: ['cognito:groups'], tokenUse: [] }, required: { token_use: ['access'] }, audienceClaims: ['aud', 'client_id'] },
  keycloak: { ways: { ...standard, roles: ['realm_access.roles'] }, required: { typ: ['Bearer'] }, audienceClaims: ['aud'] },
  auth0: { ways: { ...standard, organization: ['org_id'], scopes: ['permissions', 'scope'] }, required: {}, audienceClaims: ['aud'] },
};

const SERVICES = new Set(['SERVICE', 'client-credentials', 'client_credentials']);

/** `tokenId` stands for a token that names none. Throws for one without a subject, or of another use. */
export function claimedPrincipal(payload: Readonly<Record<string, unknown>>, { issuer, ways, required }: ClaimRules, tokenId: string): Principal {
  for (const [claim, values] of Object.entries(required)) if (!values.includes(wordOf(payload[claim]))) throw new Error(`the claim ${claim} is of another use`);
  if (typeof payload['exp'] !== 'number') throw new Error('the claim exp is no number');
  const text = (found: readonly string[]): string => firstOf(payload, found, (value) => (typeof value === 'string' && value !== '' ? value : undefined)) ?? '';
  const subject = text(ways.subject);
  if (subject === '') throw new Error('the token names no subject');
  const isService = SERVICES.has(text(ways.tokenUse)) || subject === payload['client_id'];
  return {
    subject, issuer, kind: isService ? 'SERVICE' : 'USER', organizationId: text(ways.organization),
    roles: firstOf(payload, ways.roles, listOf) ?? [], scopes: new Set(ways.scopes.flatMap((way) => listOf(valueAt(payload, way)) ?? [])),
    tokenId: text(ways.tokenId) || tokenId, expiresAt: payload['exp'], ...(typeof payload['iat'] === 'number' ? { issuedAt: payload['iat'] } : {}),
  };
}

/** Of what is one word: lists and objects are none, whatever they make of themselves as text. */
const wordOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number' ? String(value) : '');

function firstOf<T>(payload: unknown, ways: readonly string[], read: (value: unknown) => T | undefined): T | undefined {
  for (const way of ways) {
    const found = read(valueAt(payload, way));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A list, or text with spaces between. */
function listOf(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return value.split(/\s+/).filter((one) => one !== '');
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : undefined;
}

/** A name with dots is tried whole before it is taken apart: names of claims may be addresses. */
export function valueAt(value: unknown, way: string): unknown {
  if (value === null || typeof value !== 'object') return undefined;
  if (Object.hasOwn(value, way)) return (value as Record<string, unknown>)[way];
  for (let dot = way.lastIndexOf('.'); dot > 0; dot = way.lastIndexOf('.', dot - 1)) {
    const head = way.slice(0, dot);
    if (Object.hasOwn(value, head)) return valueAt((value as Record<string, unknown>)[head], way.slice(dot + 1));
  }
  return undefined;
}
