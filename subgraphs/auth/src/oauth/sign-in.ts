/**
 * Checks a password or a client secret, with lock-out per account and per address. An account that does not exist behaves
 * as one that does: the same work, the same answer, the same locks.
 */
import { event } from '@pms/events/envelope';
import { serviceClientRefused, signedIn, signInRefused } from '@pms/schema/events/auth';
import type { Logger } from '@pms/telemetry/logger';
import { counter } from '@pms/telemetry/metrics';
import { LRUCache } from 'lru-cache';
import { accountPolicy, addressPolicy } from '../domain/lockout.ts';
import { DEMO_ORGANIZATION_ID } from '../domain/organization.ts';
import { PASSWORD_CHARACTERS_MAX } from '../domain/password.ts';
import { asEmail } from '../domain/user.ts';
import type { AttemptStore } from '../store/attempt-store.ts';
import type { AuthStore } from '../store/auth-store.ts';
import type { Hashing } from './hashing.ts';
import type { Sealing } from './sealing.ts';

const PROVEN_MAX = 1_000;
const PROVEN_TTL_MS = 300_000;

const attempts = counter('pms_sign_in_attempts_total', 'Attempts to sign in, by who tried and how it ended.', ['kind', 'outcome']);

export type Outcome = { readonly as: string } | { readonly refused: 'WRONG' } | { readonly refused: 'LOCKED'; readonly until: Date };

export interface SignIn {
  /** `as` is the user's id. */
  user(email: string, password: string, address: string): Promise<Outcome>;
  /** Whether somebody who is signed in knows their password: guessing is slowed down as at the sign-in page, and nothing is told. */
  confirm(email: string, passwordHash: string, password: string): Promise<Outcome>;
  /** `as` is the service client's id. `secretHash` is what the secret is compared with. */
  service(clientId: string, secretHash: string, secret: string, address: string): Promise<Outcome>;
}

export interface SignInParts {
  readonly store: AuthStore;
  readonly attempts: AttemptStore;
  readonly hashing: Hashing;
  readonly sealing: Sealing;
  readonly logger: Logger;
  readonly demo: boolean;
  newId(kind: string): string;
  now(): Date;
}

export function signIn(parts: SignInParts): SignIn {
  const { store, sealing, demo } = parts;
  const proven = new LRUCache<string, true>({ max: PROVEN_MAX, ttl: PROVEN_TTL_MS });
  return {
    async user(typed, password, address) {
      const email = asEmail(typed);
      const found = await store.userByEmail(email);
      const admitted = found !== null && (demo || found.user.organizationId !== DEMO_ORGANIZATION_ID) ? found : null;
      const { outcome, lockedUntil } = await attempt(parts, ['account', email], address, () =>
        parts.hashing.verify(admitted?.passwordHash ?? null, password.slice(0, PASSWORD_CHARACTERS_MAX + 1)));
      attempts.inc({ kind: 'user', outcome });
      if (admitted === null) parts.logger.warn({ outcome }, 'somebody tried to sign in to an account that does not exist');
      else await tellOfUser(parts, admitted.user, outcome, lockedUntil);
      return outcome === 'PASSED' && admitted !== null ? { as: admitted.user.id } : refused(outcome, lockedUntil);
    },
    async confirm(email, passwordHash, password) {
      const { outcome, lockedUntil } = await attempt(parts, ['account', email], `confirming ${email}`, () =>
        parts.hashing.verify(passwordHash, password.slice(0, PASSWORD_CHARACTERS_MAX + 1)));
      return outcome === 'PASSED' ? { as: email } : refused(outcome, lockedUntil);
    },
    async service(clientId, secretHash, secret, address) {
      // a secret that was proven a moment ago is known by its keyed hash: a busy client costs one argon2 in five minutes
      const proof = sealing.digest(JSON.stringify([clientId, secretHash, secret]));
      const outcomeOf = async (): Promise<Attempted> => {
        if (proven.has(proof)) return { outcome: 'PASSED', lockedUntil: null };
        return attempt(parts, ['client', `${clientId}@${address}`], address, () => parts.hashing.verify(secretHash, secret));
      };
      const { outcome, lockedUntil } = await outcomeOf();
      attempts.inc({ kind: 'service', outcome });
      if (outcome !== 'PASSED') {
        if (outcome === 'WRONG') await tellOfService(parts, clientId, lockedUntil);
        return refused(outcome, lockedUntil);
      }
      proven.set(proof, true);
      return { as: clientId };
    },
  };
}

interface Attempted {
  readonly outcome: 'PASSED' | 'WRONG' | 'LOCKED';
  /** Until when nobody may try again. */
  readonly lockedUntil: Date | null;
}

const refused = (outcome: Attempted['outcome'], until: Date | null): Outcome =>
  (outcome === 'LOCKED' && until !== null ? { refused: 'LOCKED', until } : { refused: 'WRONG' });

async function attempt({ attempts: store, sealing, now }: SignInParts, [kind, name]: readonly [string, string], address: string, verify: () => Promise<boolean>): Promise<Attempted> {
  const own = sealing.digest(`${kind}:${name}`);
  const shared = sealing.digest(`address:${address}`);
  const reserved = await store.reserve([{ key: own, policy: accountPolicy }, { key: shared, policy: addressPolicy }], now());
  if (reserved.lockedUntil !== null) return { outcome: 'LOCKED', lockedUntil: reserved.lockedUntil };
  if (!(await verify())) return { outcome: 'WRONG', lockedUntil: reserved.next };
  await store.forgive(own, shared);
  return { outcome: 'PASSED', lockedUntil: null };
}

/** Attempts during a lock are counted and logged, not told: whoever floods us does not fill the audit trail. */
async function tellOfUser({ store, newId, now }: SignInParts, user: { id: string; organizationId: string }, outcome: Attempted['outcome'], lockedUntil: Date | null): Promise<void> {
  if (outcome === 'LOCKED') return;
  const maker = { origin: { organizationId: user.organizationId, actor: user.id, correlationId: newId('req'), causationId: null }, newId, now };
  await store.transaction(async (tx) => {
    if (outcome === 'PASSED') {
      await tx.sawUser(user.id, now());
      await tx.outbox.add([event(signedIn, user.id, { userId: user.id }, maker)]);
    } else await tx.outbox.add([event(signInRefused, user.id, { userId: user.id, lockedUntil: lockedUntil?.toISOString() ?? null }, maker)]);
  });
}

async function tellOfService({ store, newId, now }: SignInParts, clientId: string, lockedUntil: Date | null): Promise<void> {
  const found = await store.serviceClientByClientId(clientId);
  if (found === null) return;
  const { id, organizationId } = found.serviceClient;
  const maker = { origin: { organizationId, actor: id, correlationId: newId('req'), causationId: null }, newId, now };
  await store.transaction((tx) => tx.outbox.add([event(serviceClientRefused, id, { serviceClientId: id, lockedUntil: lockedUntil?.toISOString() ?? null }, maker)]));
}
