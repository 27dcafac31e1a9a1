/** Who is asking: what a verified access token says, in our words. */
import { z } from 'zod';

export const roles = ['ADMIN', 'PORTFOLIO_MANAGER', 'TRADER', 'RISK', 'COMPLIANCE', 'OPERATIONS', 'INVESTOR'] as const;
export type Role = (typeof roles)[number];

export const scopes = [
  'portfolio:read', 'portfolio:write', 'trade:read', 'trade:write', 'market:read', 'market:write', 'market:ingest',
  'compliance:read', 'compliance:write', 'compliance:approve', 'books:read', 'books:write', 'settlement:operate',
  'analytics:read', 'simulation:run', 'leaderboard:read', 'audit:read', 'identity:read', 'identity:manage',
] as const;
export type Scope = (typeof scopes)[number];

export interface Principal {
  /** `usr_…` or `svc_…`. */
  readonly subject: string;
  readonly kind: 'USER' | 'SERVICE';
  /** Empty for a user of another issuer that names none: such a one may do nothing in the platform's domains. */
  readonly organizationId: string;
  /** Of another issuer than the platform's own; absent for our own. */
  readonly issuer?: string;
  readonly roles: readonly string[];
  readonly scopes: ReadonlySet<string>;
  /** Of a user who is nothing but INVESTOR: the investors whose portfolios alone they see. Absent for all who see the whole organisation. */
  readonly investors?: readonly string[];
  readonly tokenId: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  /** Seconds since the epoch; absent where the token does not say. */
  readonly issuedAt?: number;
}

const claims = z.object({
  sub: z.string().min(1),
  token_use: z.enum(['USER', 'SERVICE']),
  org: z.string().min(1),
  roles: z.array(z.string()).default([]),
  investors: z.array(z.string()).default([]),
  scope: z.string().default(''),
  jti: z.string().min(1),
  exp: z.number(),
  iat: z.number().optional(),
});

/** Throws ZodError for a token that verifies and is not one of ours. */
export function principalFrom(payload: unknown): Principal {
  const claim = claims.parse(payload);
  return {
    subject: claim.sub, kind: claim.token_use, organizationId: claim.org, roles: claim.roles,
    scopes: new Set(claim.scope.split(' ').filter((scope) => scope !== '')), tokenId: claim.jti, expiresAt: claim.exp,
    ...(claim.iat === undefined ? {} : { issuedAt: claim.iat }),
    // by the roles and not by the claim: a token that leaves it out shows nothing, rather than everything
    ...(isOnlyInvestor(claim.roles) ? { investors: claim.investors } : {}),
  };
}

/** Whether somebody with these roles sees the portfolios of named investors alone: INVESTOR is the only one. */
export const isOnlyInvestor = (held: readonly string[]): boolean => held.length > 0 && held.every((role) => role === 'INVESTOR');

/** Whether a portfolio of this investor (null: of nobody) is the principal's to see, within the organisation. */
export const seesPortfolioOf = ({ investors }: Pick<Principal, 'investors'>, investorId: string | null): boolean =>
  investors === undefined || (investorId !== null && investors.includes(investorId));

const reading: readonly Scope[] = scopes.filter((scope) => scope.endsWith(':read') && scope !== 'identity:read');

/** What each role may do; a user has the union over their roles. */
export const scopesOfRole: Readonly<Record<Role, readonly Scope[]>> = {
  ADMIN: scopes,
  PORTFOLIO_MANAGER: [...reading, 'portfolio:write', 'trade:write', 'books:write', 'simulation:run'],
  TRADER: [...reading.filter((scope) => scope !== 'audit:read'), 'trade:write'],
  RISK: [...reading, 'simulation:run'],
  COMPLIANCE: [...reading, 'compliance:write', 'compliance:approve', 'identity:read'],
  OPERATIONS: [...reading, 'books:write', 'settlement:operate', 'market:write'],
  INVESTOR: ['portfolio:read', 'market:read', 'books:read', 'analytics:read', 'leaderboard:read'],
};

export const scopesOf = (held: readonly Role[]): readonly Scope[] =>
  scopes.filter((scope) => held.some((role) => scopesOfRole[role].includes(scope)));
