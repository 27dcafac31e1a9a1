/** Whose tokens are believed: those of the issuers in the settings, each by its own keys and in its own words, and those of the process that starts the router. */
import { type IssuerKind, presets } from '@pms/identity/claims';
import { keySet } from '@pms/identity/key-set';
import { authenticator, issuerIn, type TrustedIssuer } from '@pms/identity/tokens';
import type { RouterLogger } from '../observe.ts';
import type { Authenticate } from './authenticate.ts';
import type { AuthenticationSettings } from './settings.ts';

type IssuerSettings = AuthenticationSettings['issuers'][number];

/** `own` decides on tokens of all other issuers; undefined where nobody is believed. */
export function believing(own: Authenticate | undefined, { issuers, clockToleranceSeconds }: AuthenticationSettings, logger: RouterLogger): Authenticate | undefined {
  if (issuers.length === 0) return own;
  const named = new Set(issuers.map(({ issuer }) => issuer));
  if (named.size < issuers.length) throw new Error('authentication.issuers names an issuer twice');
  const theirs = authenticator(issuers.map((settings) => trusted(settings, clockToleranceSeconds, logger)));
  if (own === undefined) return theirs;
  return (authorization) => (authorization !== undefined && named.has(issuerIn(authorization) ?? '') ? theirs(authorization) : own(authorization));
}

function trusted({ issuer, kind, audience, jwksUrl, algorithms, claims, required }: IssuerSettings, clockToleranceSeconds: number, logger: RouterLogger): TrustedIssuer {
  const keys = keySet({ issuer, url: jwksUrl, unreachable: (reason) => logger.warn({ issuer, reason }, 'the keys of an issuer cannot be fetched; those that are known stay in use') });
  return {
    issuer, audience, keys, clockToleranceSeconds, ...(algorithms === undefined ? {} : { algorithms }),
    ...(kind === 'pms' ? {} : { foreign: foreignRules(kind, issuer, claims, required) }),
  };
}

function foreignRules(kind: IssuerKind, issuer: string, claims: IssuerSettings['claims'], required: IssuerSettings['required']): NonNullable<TrustedIssuer['foreign']> {
  const preset = presets[kind];
  const given = Object.fromEntries(Object.entries(claims).filter(([, ways]) => ways !== undefined));
  return { rules: { issuer, ways: { ...preset.ways, ...given }, required: required ?? preset.required }, audienceClaims: preset.audienceClaims };
}
