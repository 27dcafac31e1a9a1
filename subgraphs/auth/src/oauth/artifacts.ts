/** The OAuth library's storage port over our tables: ids are stored as keyed hashes, contents sealed, and what may be used once is used once. */
import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { ArtifactStore, FoundArtifact } from '../store/artifact-store.ts';
import type { ClientDirectory } from './clients.ts';
import { errors } from './library.ts';
import type { Sealing } from './sealing.ts';

export interface Artifacts {
  readonly store: ArtifactStore;
  readonly sealing: Sealing;
  readonly clients: ClientDirectory;
  now(): Date;
}

/** For what the library gives no lifetime. */
const ENDLESS_SECONDS = 1_209_600;

/** One for each of the library's models. */
export const adapterFor = (artifacts: Artifacts) => (model: string): Adapter =>
  (model === 'Client' ? clientAdapter(artifacts.clients) : artifactAdapter(model, artifacts));

function artifactAdapter(model: string, { store, sealing, now }: Artifacts): Adapter {
  const hashOf = (id: string): string => sealing.digest(`${model}:${id}`);
  const opened = (found: FoundArtifact | null): AdapterPayload | undefined => {
    if (found === null) return undefined;
    const payload = JSON.parse(sealing.open(found.sealed, model)) as AdapterPayload;
    return found.consumedAt === null ? payload : { ...payload, consumed: Math.floor(found.consumedAt.getTime() / 1_000) };
  };
  return {
    async upsert(id, payload, expiresInSeconds) {
      await store.upsert({
        model, idHash: hashOf(id), sealed: sealing.seal(JSON.stringify(payload), model),
        grantId: payload.grantId ?? null, uid: payload.uid ?? null, accountId: payload.accountId ?? null,
        expiresAt: new Date(now().getTime() + (expiresInSeconds ?? ENDLESS_SECONDS) * 1_000),
      });
    },
    find: async (id) => opened(await store.find(model, hashOf(id), now())),
    findByUid: async (uid) => opened(await store.findByUid(model, uid, now())),
    findByUserCode: () => Promise.resolve(undefined), // the device flow is off
    async consume(id) {
      if (await store.consume(model, hashOf(id), now())) return;
      // two requests brought the same code or refresh token at once: one of them is not its owner's
      const payload = opened(await store.find(model, hashOf(id), now()));
      if (payload?.grantId !== undefined) await store.destroyGrant(payload.grantId);
      throw new errors.InvalidGrant('used at the same time by another request');
    },
    destroy: (id) => store.destroy(model, hashOf(id)),
    revokeByGrantId: (grantId) => store.destroyGrant(grantId, model),
  };
}

function clientAdapter(clients: ClientDirectory): Adapter {
  const never = (): Promise<never> => Promise.reject(new Error('clients are made through the API, not through the OAuth server'));
  return {
    find: (id) => clients.metadata(id),
    upsert: never, findByUid: never, findByUserCode: never, consume: never, destroy: never, revokeByGrantId: never,
  };
}
