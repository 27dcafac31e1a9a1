/** Puts the audit domain together. The only file that sees all its rooms. */
import { unitOfWork } from '@pms/events/unit-of-work';
import { executableSchema } from '@pms/subgraph/schema';
import { signed, type Subgraph, type Surroundings } from '@pms/subgraph/subgraph';
import { checkpointTimer } from './commands/checkpoint-timer.ts';
import { checkpointKey, takeCheckpoints } from './commands/take-checkpoints.ts';
import type { AuditContext } from './context.ts';
import type { Verification } from './domain/verification.ts';
import { resolvers } from './graphql/resolvers.ts';
import { sdl } from './graphql/sdl.generated.ts';
import { exportTrail } from './queries/export-trail.ts';
import { trailLoader } from './queries/trail-loader.ts';
import { verifyAuditTrail } from './queries/verify-audit-trail.ts';
import { onEveryEvent } from './reactions/every-event.ts';
import { auditStore } from './store/audit-store.ts';
import { checkpointFile } from './store/checkpoint-file.ts';

export { verifyExport } from './queries/export-trail.ts';
export type { SignedCheckpoint } from './domain/checkpoint.ts';

export interface AuditSubgraph extends Subgraph {
  /** Takes a checkpoint of every chain that has grown; resolves to how many. */
  checkpoint(): Promise<number>;
  /** Lines of JSON, as `verifyExport` reads them. */
  exportTrail(organizationId: string): AsyncIterable<string>;
  /** Every organisation's chain, from its beginning to its end. */
  verifyAll(): AsyncIterable<{ readonly organizationId: string } & Verification>;
}

export function auditSubgraph({ database, wake, now, settings, logger }: Surroundings): AuditSubgraph {
  const store = auditStore(database, unitOfWork(database, 'audit', wake));
  const sealKey = (): Promise<string> => settings.secret('audit-seal');
  const checkpointSecret = (): Promise<string> => settings.secret('audit-checkpoint');
  const checkpointing = { store, sink: settings.checkpointFolder === undefined ? null : checkpointFile(settings.checkpointFolder), checkpointSecret, now };
  const timer = checkpointTimer(checkpointing, logger);
  return {
    name: 'audit',
    schema: executableSchema(sdl, resolvers),
    reactions: [onEveryEvent({ store, sealKey, now })],
    contextFor: (request): AuditContext => {
      const who = signed(request);
      return { ...who, store, sealKey, checkpointSecret, trails: trailLoader(store, who.principal.organizationId) };
    },
    async *verifyAll() {
      for (const organizationId of await store.organizations())
        yield { organizationId, ...(await verifyAuditTrail({ store, sealKey, principal: { organizationId } }, {})) };
    },
    checkpoint: () => takeCheckpoints(checkpointing, { force: true }),
    async *exportTrail(organizationId) {
      yield* exportTrail({ store, publicKey: await checkpointKey({ checkpointSecret }), exportedAt: now().toISOString() }, organizationId);
    },
    start: async () => timer.start(),
    ready: store.ready,
    close: () => timer.stop(), // the pool is not ours
  };
}
