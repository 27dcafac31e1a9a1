/** Puts the audit domain together. The only file that sees all its rooms. */
import { unitOfWork } from '@pms/events/unit-of-work';
import { executableSchema } from '@pms/subgraph/schema';
import { signed, type Subgraph, type Surroundings } from '@pms/subgraph/subgraph';
import type { AuditContext } from './context.ts';
import type { Verification } from './domain/verification.ts';
import { resolvers } from './graphql/resolvers.ts';
import { sdl } from './graphql/sdl.generated.ts';
import { trailLoader } from './queries/trail-loader.ts';
import { verifyAuditTrail } from './queries/verify-audit-trail.ts';
import { onEveryEvent } from './reactions/every-event.ts';
import { auditStore } from './store/audit-store.ts';

export interface AuditSubgraph extends Subgraph {
  /** Every organisation's chain, from its beginning to its end. */
  verifyAll(): AsyncIterable<{ readonly organizationId: string } & Verification>;
}

export function auditSubgraph({ database, wake, now, settings }: Surroundings): AuditSubgraph {
  const store = auditStore(database, unitOfWork(database, 'audit', wake));
  const sealKey = (): Promise<string> => settings.secret('audit-seal');
  return {
    name: 'audit',
    schema: executableSchema(sdl, resolvers),
    reactions: [onEveryEvent({ store, sealKey, now })],
    contextFor: (request): AuditContext => {
      const who = signed(request);
      return { ...who, store, sealKey, trails: trailLoader(store, who.principal.organizationId) };
    },
    async *verifyAll() {
      for (const organizationId of await store.organizations())
        yield { organizationId, ...(await verifyAuditTrail({ store, sealKey, principal: { organizationId } }, {})) };
    },
    ready: store.ready,
    close: () => Promise.resolve(), // the pool is not ours
  };
}
