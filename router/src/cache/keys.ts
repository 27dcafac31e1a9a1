/** Under what an answer is kept: all that it depends on, and who it is for. */
import { createHash } from 'node:crypto';
import type { Principal } from '@pms/identity/principal';
import type { Caller, ReadyOperation } from '../operation/serve.ts';

export interface Keys {
  /** For this sender. */
  readonly own: string;
  readonly everybody: string;
}

export function keysOf({ operation, variant, variables }: ReadyOperation, caller: Caller, supergraph: string): Keys {
  const asked = JSON.stringify([supergraph, operation.key, variables, variant.decision, caller.passed ?? null]);
  return { everybody: digest(asked), own: digest(`${asked}\n${senderOf(caller)}`) };
}

export const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

export type Sender = Pick<Caller, 'principal' | 'token'>;

/** By what a token says and not by the token: a new one of the same user finds what the old one kept. */
export function senderOf({ principal, token }: Sender): string {
  if (principal !== null) return digest(`principal ${JSON.stringify(rightsOf(principal))}`);
  return token === null ? 'anonymous' : digest(`token ${token}`);
}

const OF_THE_TOKEN: ReadonlySet<string> = new Set(['tokenId', 'expiresAt', 'issuedAt']);

const rightsOf = (principal: Principal): unknown => Object.entries(principal)
  .filter(([name]) => !OF_THE_TOKEN.has(name))
  .map(([name, value]: [string, unknown]) => [name, value instanceof Set ? [...value as Set<string>].toSorted() : value])
  .toSorted(([left], [right]) => (String(left) < String(right) ? -1 : 1));

export const isNobody = ({ principal, token }: Sender): boolean => principal === null && token === null;
