/** Puts the audit domain together. The only file that sees all its rooms. */
import { unitOfWork } from '@pms/events/unit-of-work';
import { withOwnWork } from '@pms/subgraph/own-work';
import { personVault } from '@pms/subgraph/person-vault';
import { rewrapped } from '@pms/subgraph/rewrapping';
import { executableSchema } from '@pms/subgraph/schema';
import { signed, type Subgraph, type Surroundings } from '@pms/subgraph/subgraph';
import { checkpointTimer } from './commands/checkpoint-timer.ts';
import { recordAccesses } from './commands/record-accesses.ts';
import { applyRetention } from './commands/retention.ts';
import { retentionTimer } from './commands/retention-timer.ts';
import { checkpointKey, takeCheckpoints } from './commands/take-checkpoints.ts';
import type { AuditContext } from './context.ts';
import type { Access } from './domain/access.ts';
import type { Verification } from './domain/verification.ts';
import { resolvers } from './graphql/resolvers.ts';
import { sdl } from './graphql/sdl.generated.ts';
import { aboutPerson } from './queries/about-person.ts';
import { clientLoader } from './queries/client-loader.ts';
import { exportTrail } from './queries/export-trail.ts';
import { trailDatasets } from './queries/trail-dataset.ts';
import { trailLoader } from './queries/trail-loader.ts';
import { verifyAuditTrail } from './queries/verify-audit-trail.ts';
import { onEveryEvent } from './reactions/every-event.ts';
import { accessRoute } from './http/access-route.ts';
import { auditStore } from './store/audit-store.ts';
import { sinkAt } from './store/checkpoint-sink.ts';

export { verifyExport } from './queries/export-trail.ts';
export type { SignedCheckpoint } from './domain/checkpoint.ts';
export type { Verification } from './domain/verification.ts';

export interface AuditSubgraph extends Subgraph {
  /** Takes a checkpoint of every chain that has grown; resolves to how many. */
  checkpoint(): Promise<number>;
  /** Takes what the router saw into the trail. */
  recordAccesses(accesses: readonly Access[]): Promise<void>;
  /** Lets go of what is older than its rule allows; resolves to how many keys were destroyed. */
  applyRetention(): Promise<number>;
  /** Every entry by or about one person, with the clients that are still readable. */
  aboutPerson(organizationId: string, personId: string): AsyncIterable<object>;
  /** Lines of JSON, as `verifyExport` reads them. */
  exportTrail(organizationId: string): AsyncIterable<string>;
  /** Every organisation's chain, from its beginning to its end. */
  verifyAll(): AsyncIterable<{ readonly organizationId: string } & Verification>;
}

export function auditSubgraph({ database, wake, newId, now, settings, logger }: Surroundings): AuditSubgraph {
  const vault = personVault('audit', settings);
  const store = auditStore(database, unitOfWork(database, 'audit', wake), vault);
  const sealKey = (): Promise<string> => settings.secret('audit-seal');
  const checkpointSecret = (): Promise<string> => settings.secret('audit-checkpoint');
  const sink = settings.checkpoints === undefined ? null : sinkAt(settings.checkpoints);
  const checkpointing = { store, sink, checkpointSecret, now };
  const timer = checkpointTimer(checkpointing, logger);
  const recording = { store, newId };
  const retention = retentionTimer({ store, newId, now }, logger);
  return withOwnWork({
    name: 'audit',
    schema: executableSchema(sdl, resolvers),
    reactions: [onEveryEvent({ store, sealKey, now })],
    datasets: trailDatasets(store),
    contextFor: (request): AuditContext => {
      const who = signed(request);
      return { ...who, store, sink, sealKey, checkpointSecret, newId, now, trails: trailLoader(store, who.principal.organizationId), clients: clientLoader(store, who.principal.organizationId) };
    },
    async *verifyAll() {
      for (const organizationId of await store.organizations())
        yield { organizationId, ...(await verifyAuditTrail({ store, sink, sealKey, checkpointSecret, principal: { organizationId } }, {})) };
    },
    recordAccesses: (accesses) => recordAccesses(recording, accesses),
    applyRetention: () => applyRetention({ store, newId, now }),
    aboutPerson: (organizationId, personId) => aboutPerson(store, organizationId, personId),
    routes: async (app) => accessRoute(app, { secret: () => settings.secret('audit-intake'), take: (accesses) => recordAccesses(recording, accesses) }),
    checkpoint: () => takeCheckpoints(checkpointing, { force: true }),
    async *exportTrail(organizationId) {
      yield* exportTrail({ store, publicKey: await checkpointKey({ checkpointSecret }), exportedAt: now().toISOString() }, organizationId);
    },
    async start() {
      await settings.secret('person-keys'); // better missed now than at the first request
      timer.start();
      retention.start();
    },
    rewrapKeys: (only) => rewrapped(database, 'audit', { settings, only }),
    ready: store.ready,
    close: async () => void (await Promise.all([timer.stop(), retention.stop()])), // the pool is not ours
  });
}
