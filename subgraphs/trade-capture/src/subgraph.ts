/** Puts the trade-capture domain together. The only file that sees all its rooms. */
import { actingFor } from '@pms/events/acting';
import { unitOfWork } from '@pms/events/unit-of-work';
import { PrismaClient } from '@pms/prisma/trade-capture';
import { withOwnWork } from '@pms/subgraph/own-work';
import { executableSchema } from '@pms/subgraph/schema';
import type { Principal } from '@pms/identity/principal';
import { signed, type Subgraph, type SubgraphRequest, type Surroundings } from '@pms/subgraph/subgraph';
import { handleMessages } from './commands/fix/handle-messages.ts';
import { type FixNews, receiveMessages } from './commands/fix/receive-messages.ts';
import { groupedCaptures } from './commands/grouped-captures.ts';
import type { TradeCaptureContext } from './context.ts';
import type { FixMapping } from './domain/fix/drop-copy.ts';
import { resolvers } from './graphql/resolvers.ts';
import { sdl } from './graphql/sdl.generated.ts';
import { tradeDatasets } from './queries/exports.ts';
import { loadersFor } from './queries/loaders.ts';
import { onInstrumentCreated, onPortfolioClosed, onPortfolioCreated } from './reactions/known-things.ts';
import { tradeStatusReactions } from './reactions/trade-status.ts';
import type { FixNumbers, FixSessionKey } from './store/fix-store.ts';
import { exportReads } from './store/export-reads.ts';
import { tradeStore } from './store/trade-store.ts';

/** What a FIX process needs of this domain: it keeps what came, and makes trades of it. */
export interface DropCopy {
  /** A new session begins at 1 on both sides. */
  numbers(session: FixSessionKey): Promise<FixNumbers>;
  /** In one transaction. Throws where another process has the session. */
  receive(session: FixSessionKey, news: FixNews): Promise<void>;
  loggedOn(session: FixSessionKey, is: boolean): Promise<void>;
  /** Makes trades of what was received, as this principal, whose organisation the session is of; how many messages were handled. */
  handle(principal: Principal, name: string, mapping: FixMapping): Promise<number>;
}

export interface TradeCaptureSubgraph extends Subgraph {
  readonly dropCopy: DropCopy;
}

export function tradeCaptureSubgraph({ database, live, wake, newId, now }: Surroundings): TradeCaptureSubgraph {
  const store = tradeStore(new PrismaClient({ adapter: database.adapter }), database, unitOfWork(database, 'trade-capture', wake));
  const writeGrouped = groupedCaptures({ store, live, newId, now });
  const contextFor = (request: SubgraphRequest): TradeCaptureContext => {
    const who = signed(request);
    return { ...who, store, live, writeGrouped, newId, now, loaders: loadersFor(store, who.principal.organizationId) };
  };
  return withOwnWork({
    name: 'trade-capture',
    schema: executableSchema(sdl, resolvers),
    reactions: [onPortfolioCreated(store), onPortfolioClosed(store), onInstrumentCreated(store), ...tradeStatusReactions(store, live)],
    contextFor,
    dropCopy: {
      numbers: (session) => actingFor(session.organizationId, () => store.fixNumbers(session, now())),
      receive: (session, news) => actingFor(session.organizationId, () => receiveMessages({ store, newId, now }, session, news)),
      loggedOn: (session, is) => actingFor(session.organizationId, () => store.fixLoggedOn(session, is, now())),
      handle: (principal, name, mapping) => actingFor(principal.organizationId, () => handleMessages({
        session: { organizationId: principal.organizationId, name }, mapping, contextFor: () => contextFor({ principal, token: null, correlationId: newId('cor') }),
      })),
    },
    datasets: tradeDatasets(exportReads(database)),
    ready: store.ready,
    close: store.close,
  });
}
