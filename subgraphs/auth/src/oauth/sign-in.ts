/**
 * Checks a password or a client secret, with lock-out per account and per address. An account that does not exist behaves
 * as one that does: the same work, the same answer, the same locks.
 */
import { event } from '@pms/events/envelope';
import { serviceClientRefused, serviceClientSignedIn, signedIn, signInRefused, unknownSignInRefused } from '@pms/schema/events/auth';
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
import type { Passkeys } from './passkeys.ts';
import type { SecondFactors } from './second-factor.ts';
import { networkOf } from './request-address.ts';
import type { Sealing } from './sealing.ts';

/** Whose chain of the audit trail records what belongs to no organisation. */
const PLATFORM = 'platform';
const PROVEN_MAX = 1_000;
const PROVEN_TTL_MS = 300_000;
/** No user has this id. */
const NOBODY = 'nobody';

const attempts = counter('pms_sign_in_attempts_total', 'Attempts to sign in, by who tried and how it ended.', ['kind', 'outcome']);

export type Outcome = { readonly as: string } | { readonly refused: 'WRONG' } | { readonly refused: 'LOCKED'; readonly until: Date };

/** `needs`: the password was right, and this user has a second factor to prove. */
export type Admission = Outcome | { readonly needs: string };

/** Where somebody tries to sign in from. */
export interface Whence {
  readonly address: string;
  /** Of a browser that has signed in to this account before: it is counted by itself, so that nobody else can lock its owner out. */
  readonly device: string | null;
}

export interface SignIn {
  /** `as` is the user's id. */
  user(email: string, password: string, from: Whence): Promise<Admission>;
  /** The second step of a user whose password was right. */
  factor(userId: string, code: string, address: string): Promise<Outcome>;
  /** Whether somebody who is signed in has a code: `proven` spends it, and guessing is slowed down as while signing in. */
  confirmFactor(userId: string, proven: () => Promise<boolean>): Promise<Outcome>;
  /** `signIn` is the sign-in that the answer belongs to. */
  passkey(signIn: string, answer: unknown, address: string): Promise<Outcome>;
  /** Somebody who was let in by an organisation's own provider. */
  federated(userId: string): Promise<void>;
  /** Whether somebody who is signed in knows their password: guessing is slowed down as at the sign-in page, and nothing is told. */
  confirm(email: string, passwordHash: string, password: string): Promise<Outcome>;
  /** `as` is the service client's id. `secretHashes` are what the secret is compared with; none for a client that does not exist, which costs the same. */
  service(clientId: string, secretHashes: readonly string[], secret: string, address: string): Promise<Outcome>;
}

export interface SignInParts {
  readonly store: AuthStore;
  readonly attempts: AttemptStore;
  readonly hashing: Hashing;
  readonly factors: SecondFactors;
  readonly passkeys: Passkeys;
  readonly sealing: Sealing;
  readonly logger: Logger;
  readonly demo: boolean;
  newId(kind: string): string;
  now(): Date;
}

export const signIn = (parts: SignInParts): SignIn => ({ ...byPassword(parts), ...byOtherMeans(parts), service: programs(parts) });

function byPassword(parts: SignInParts): Pick<SignIn, 'user' | 'confirm'> {
  const { store, demo } = parts;
  return {
    async user(typed, password, { address, device }) {
      const email = asEmail(typed);
      const found = await store.userByEmail(email);
      const admitted = found !== null && (demo || found.user.organizationId !== DEMO_ORGANIZATION_ID) ? found : null;
      const { outcome, lockedUntil } = await attempt(parts, device === null ? ['account', email] : ['device', `${email} ${device}`], address, () =>
        parts.hashing.verify(admitted?.passwordHash ?? null, password.slice(0, PASSWORD_CHARACTERS_MAX + 1)));
      attempts.inc({ kind: 'user', outcome });
      if (admitted === null) {
        await tellOfNobody(parts, email, address, { outcome, lockedUntil });
        return refused(outcome, lockedUntil);
      }
      if (outcome === 'PASSED' && (await parts.factors.needed(admitted.user.id))) return { needs: admitted.user.id };
      await tellOfUser(parts, admitted.user, { outcome, lockedUntil }, { step: 'PASSWORD', methods: ['pwd'], address });
      return outcome === 'PASSED' && admitted !== null ? { as: admitted.user.id } : refused(outcome, lockedUntil);
    },
    async confirm(email, passwordHash, password) {
      const { outcome, lockedUntil } = await attempt(parts, ['confirming', email], `confirming ${email}`, () =>
        parts.hashing.verify(passwordHash, password.slice(0, PASSWORD_CHARACTERS_MAX + 1)));
      return outcome === 'PASSED' ? { as: email } : refused(outcome, lockedUntil);
    },
  };
}

function byOtherMeans(parts: SignInParts): Pick<SignIn, 'factor' | 'confirmFactor' | 'passkey' | 'federated'> {
  const { store, demo } = parts;
  return {
    async factor(userId, code, address) {
      const found = await store.userById(userId);
      if (found === null) return { refused: 'WRONG' };
      let method: string | null = null;
      const ended = await attempt(parts, ['factor', userId], address, async () => (method = await parts.factors.spend(userId, code)) !== null);
      attempts.inc({ kind: 'factor', outcome: ended.outcome });
      await tellOfUser(parts, found.user, ended, { step: 'SECOND_FACTOR', methods: ['pwd', method ?? ''], address });
      return ended.outcome === 'PASSED' ? { as: userId } : refused(ended.outcome, ended.lockedUntil);
    },
    async confirmFactor(userId, proof) {
      const { outcome, lockedUntil } = await attempt(parts, ['factor', userId], `confirming ${userId}`, proof);
      return outcome === 'PASSED' ? { as: userId } : refused(outcome, lockedUntil);
    },
    async passkey(which, answer, address) {
      let userId: string | null = null;
      const ended = await attempt(parts, ['passkey', which], address, async () => (userId = (await parts.passkeys.signIn(which, answer))?.userId ?? null) !== null);
      attempts.inc({ kind: 'passkey', outcome: ended.outcome });
      const found = userId === null ? null : await store.userById(userId);
      if (found === null || (found.user.organizationId === DEMO_ORGANIZATION_ID && !demo)) return refused(ended.outcome, ended.lockedUntil);
      await tellOfUser(parts, found.user, ended, { step: 'PASSKEY', methods: ['passkey'], address });
      return { as: found.user.id };
    },
    async federated(userId) {
      const found = await store.userById(userId);
      if (found !== null) await tellOfUser(parts, found.user, { outcome: 'PASSED', lockedUntil: null }, { step: 'FEDERATION', methods: ['federated'], address: null });
      attempts.inc({ kind: 'federated', outcome: 'PASSED' });
    },
  };
}

function programs(parts: SignInParts): SignIn['service'] {
  const { sealing } = parts;
  const proven = new LRUCache<string, true>({ max: PROVEN_MAX, ttl: PROVEN_TTL_MS });
  return async (clientId, secretHashes, secret, address) => {
    // a secret that was proven a moment ago is known by its keyed hash: a busy client costs one argon2 in five minutes
    const proof = sealing.digest(JSON.stringify([clientId, secretHashes, secret]));
    const verify = async (): Promise<boolean> => {
      for (const hash of secretHashes) if (await parts.hashing.verify(hash, secret)) return true;
      return secretHashes.length > 0 ? false : parts.hashing.verify(null, secret);
    };
    const outcomeOf = async (): Promise<Attempted> => {
      if (proven.has(proof)) return { outcome: 'PASSED', lockedUntil: null };
      return attempt(parts, ['client', `${clientId}@${address}`], address, verify);
    };
    const { outcome, lockedUntil } = await outcomeOf();
    attempts.inc({ kind: 'service', outcome });
    if (outcome !== 'PASSED') {
      if (outcome === 'WRONG') await tellOfService(parts, clientId, address, { outcome, lockedUntil });
      return refused(outcome, lockedUntil);
    }
    await tellOfService(parts, clientId, address, { outcome, lockedUntil });
    proven.set(proof, true);
    return { as: clientId };
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

interface How {
  readonly step: string;
  readonly methods: readonly string[];
  /** Null where it is not known. */
  readonly address: string | null;
}

/** Attempts during a lock are counted and logged, not told: whoever floods us does not fill the audit trail. */
async function tellOfUser({ store, newId, now }: SignInParts, user: { id: string; organizationId: string }, { outcome, lockedUntil }: Attempted, how: How): Promise<void> {
  if (outcome === 'LOCKED') return;
  const maker = { origin: { organizationId: user.organizationId, actor: user.id, correlationId: newId('req'), causationId: null }, newId, now };
  await store.transaction(async (tx) => {
    const client = how.address === null ? undefined : await tx.sealedClient({ organizationId: user.organizationId, personId: user.id }, how.address);
    if (outcome === 'PASSED') {
      await tx.sawUser(user.id, now());
      await tx.outbox.add([event(signedIn, user.id, { userId: user.id, methods: [...how.methods], client }, maker)]);
    } else await tx.outbox.add([event(signInRefused, user.id, { userId: user.id, lockedUntil: lockedUntil?.toISOString() ?? null, step: how.step, client }, maker)]);
  });
}

/** On record for the platform, since there is no organisation that it concerns: what was typed as a keyed hash, the address by its network. */
async function tellOfNobody({ store, sealing, logger, newId, now }: SignInParts, email: string, address: string, { outcome, lockedUntil }: Attempted): Promise<void> {
  logger.warn({ outcome }, 'somebody tried to sign in to an account that does not exist');
  if (outcome === 'LOCKED') return;
  const account = sealing.digest(`account:${email}`);
  const maker = { origin: { organizationId: PLATFORM, actor: 'anonymous', correlationId: newId('req'), causationId: null }, newId, now };
  await store.transaction(async (tx) => {
    // as long as it takes to tell of one that does exist
    await tx.sealedClient({ organizationId: PLATFORM, personId: 'anonymous' }, address);
    await tx.sawUser(NOBODY, now());
    await tx.outbox.add([event(unknownSignInRefused, account, { account, network: networkOf(address), lockedUntil: lockedUntil?.toISOString() ?? null }, maker)]);
  });
}

async function tellOfService({ store, newId, now }: SignInParts, clientId: string, address: string, { outcome, lockedUntil }: Attempted): Promise<void> {
  const found = await store.serviceClientByClientId(clientId);
  if (found === null) return;
  const { id, organizationId } = found.serviceClient;
  const maker = { origin: { organizationId, actor: id, correlationId: newId('req'), causationId: null }, newId, now };
  await store.transaction(async (tx) => {
    const client = await tx.sealedClient({ organizationId, personId: id }, address);
    await tx.outbox.add([outcome === 'PASSED'
      ? event(serviceClientSignedIn, id, { serviceClientId: id, client }, maker)
      : event(serviceClientRefused, id, { serviceClientId: id, lockedUntil: lockedUntil?.toISOString() ?? null, client }, maker)]);
  });
}
