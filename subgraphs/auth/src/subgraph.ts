/** Puts the auth domain together. The only file that sees all its rooms. */
import { unitOfWork } from '@pms/events/unit-of-work';
import { PrismaClient } from '@pms/prisma/auth';
import { withOwnWork } from '@pms/subgraph/own-work';
import { rewrapped } from '@pms/subgraph/rewrapping';
import { executableSchema } from '@pms/subgraph/schema';
import { signed, type Subgraph, type Surroundings } from '@pms/subgraph/subgraph';
import { type BootstrapOrganization, bootstrapOrganization } from './commands/bootstrap-organization.ts';
import { admitFederated } from './commands/admit-federated.ts';
import { openDemo } from './commands/open-demo.ts';
import type { AuthContext } from './context.ts';
import { resolvers } from './graphql/resolvers.ts';
import { sdl } from './graphql/sdl.generated.ts';
import { accessClaims } from './oauth/access-token.ts';
import { clientDirectory } from './oauth/clients.ts';
import { hashing } from './oauth/hashing.ts';
import { type IssuedToken, issueToken, type TokenFor } from './oauth/issue-token.ts';
import { federationWith } from './oauth/federation.ts';
import { passkeys as passkeysWith } from './oauth/passkeys.ts';
import { providerSource } from './oauth/provider.ts';
import { revocationHerald, revocationRoute } from './oauth/revocations.ts';
import { oauthRoutes } from './oauth/routes.ts';
import { sealing as sealingWith } from './oauth/sealing.ts';
import { type SignIn, signIn as signInWith } from './oauth/sign-in.ts';
import { signingKeys, type SigningKeys } from './oauth/signing-keys.ts';
import { secondFactors } from './oauth/second-factor.ts';
import { refuseDemoInProduction, sweeper } from './oauth/upkeep.ts';
import { loadersFor } from './queries/loaders.ts';
import { aboutPerson } from './queries/personal-data.ts';
import { onInvestorCreated } from './reactions/investor-created.ts';
import { artifactStore } from './store/artifact-store.ts';
import { attemptStore } from './store/attempt-store.ts';
import { authStore } from './store/auth-store.ts';
import { factorStore } from './store/factor-store.ts';
import { keyStore } from './store/key-store.ts';
import { peopleKeys, sealStored } from './store/people-keys.ts';
import { revocationStore } from './store/revocation-store.ts';
import { sharedLocks } from './store/shared-locks.ts';

export interface AuthSubgraph extends Subgraph {
  /** An access token without a password. Throws FORBIDDEN in production. */
  issueToken(whom: TokenFor): Promise<IssuedToken>;
  /** Puts a new signing key in place; resolves to its id. Tokens of the old one stay valid until they expire. */
  rotateSigningKey(): Promise<string>;
  /** The public keys, as published. */
  jwks(): ReturnType<SigningKeys['jwks']>;
  /** All that is held here about one person of the organisation; null where there is none. */
  aboutPerson(organizationId: string, userId: string): Promise<object | null>;
  /** An organisation and its first ADMIN; resolves to their ids. */
  bootstrapOrganization(input: BootstrapOrganization): Promise<{ readonly organizationId: string; readonly userId: string }>;
}

export function authSubgraph({ database, redis = null, wake, newId, now, settings, logger }: Surroundings): AuthSubgraph {
  refuseDemoInProduction(settings);
  const committed: typeof wake = (told) => {
    wake(told);
    herald?.look();
  };
  const people = peopleKeys(settings);
  const store = authStore({ prisma: new PrismaClient({ adapter: database.adapter }), sql: database, work: unitOfWork(database, 'auth', committed), people });
  const [artifacts, attempts, keysStore, revoked] = [artifactStore(database), sharedLocks(attemptStore(database), redis), keyStore(database), revocationStore(database)];
  const herald = revocationHerald({ redis, since: revoked.since, now, logger });
  const secrets = once(async () => sealingWith(await settings.secret('auth-keys')));
  const keys = signingKeys(keysStore, secrets, now);
  const claims = accessClaims(store, settings);
  const accounts = { store, hashing: hashing(), newId, now };
  const held = factorStore(database);
  const factors = secondFactors({ factors: held, issuer: settings.issuer, sealing: secrets, now });
  const passkeys = passkeysWith({ factors: held, artifacts, issuer: settings.issuer, sealing: secrets, now });
  const federations = (settings.identityProviders ?? []).map((one) => federationWith(one, {
    issuer: settings.issuer, secret: settings.secret, now, admit: async (person, { linkByEmail }) => (await admitFederated(accounts, person, { linkByEmail })).id,
  }));
  const signIn: SignIn = {
    user: async (...given: Parameters<SignIn['user']>) => (await guard()).user(...given),
    factor: async (...given: Parameters<SignIn['factor']>) => (await guard()).factor(...given),
    confirmFactor: async (...given: Parameters<SignIn['confirmFactor']>) => (await guard()).confirmFactor(...given),
    passkey: async (...given: Parameters<SignIn['passkey']>) => (await guard()).passkey(...given),
    federated: async (...given: Parameters<SignIn['federated']>) => (await guard()).federated(...given),
    service: async (...given: Parameters<SignIn['service']>) => (await guard()).service(...given),
    confirm: async (...given: Parameters<SignIn['confirm']>) => (await guard()).confirm(...given),
  };
  const guard = once(async () => signInWith({ ...accounts, attempts, factors, passkeys, sealing: await secrets(), logger, demo: settings.demo }));
  const provider = providerSource({
    issuer: settings.issuer, keys, claims, signIn, cookieKey: () => settings.secret('auth-cookies'),
    artifacts: async () => ({ store: artifacts, sealing: await secrets(), clients: clientDirectory(store, { demo: settings.demo, now }), now }),
  });
  const upkeep = sweeper({ sweeps: [artifacts.sweep, attempts.sweep, keysStore.sweep, revoked.sweep], now, logger });
  return withOwnWork({
    name: 'auth',
    schema: executableSchema(sdl, resolvers),
    reactions: [onInvestorCreated(store)],
    contextFor: (request): AuthContext => {
      const who = signed(request);
      return { ...who, ...accounts, confirm: signIn.confirm, confirmFactor: signIn.confirmFactor, factors, passkeys, loaders: loadersFor(store, who.principal.organizationId) };
    },
    async start() {
      await keys.active();
      await sealStored(database, people);
      if (settings.demo) await openDemo(accounts);
      upkeep.start();
      herald?.start();
    },
    async routes(app) {
      revocationRoute(app, { secret: () => settings.secret('auth-revocations'), since: revoked.since });
      await oauthRoutes(app, { issuer: settings.issuer, keys, signIn, passkeys, federations, provider, sealing: secrets, logger, now });
    },
    issueToken: (whom) => issueToken({ issuer: settings.issuer, production: settings.production, store, claims, keys, newId, now }, whom),
    rotateSigningKey: () => keys.rotate(), jwks: () => keys.jwks(),
    aboutPerson: (organizationId, userId) => aboutPerson({ store, now }, organizationId, userId),
    async bootstrapOrganization(input) {
      const { organization, admin } = await bootstrapOrganization(accounts, input);
      return { organizationId: organization.id, userId: admin.id };
    },
    rewrapKeys: (only) => rewrapped(database, 'auth', { settings, only }),
    ready: store.ready,
    async close() {
      upkeep.stop();
      await herald?.stop();
      await store.close();
    },
  });
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
