/**
 * For whom a domain works when no request asks: over all organisations in what it starts by itself and what is called of it from outside, for one in its
 * exports. Requests are not its matter: their resolvers act for the organisation of the token (schema.ts).
 */
import { actingFor, actingForAll, actingThroughout } from '@pms/events/acting';
import type { FastifyInstance } from 'fastify';
import type { Dataset } from './exports.ts';
import type { Subgraph } from './subgraph.ts';

type Call = (...given: readonly unknown[]) => unknown;

/**
 * Made once per request, before anybody is known to act, and asked whether requests can be answered: what is done there acts for nobody. And what is done at once for a
 * request: that acts for its organisation already.
 */
const OF_REQUESTS: ReadonlySet<string> = new Set(['contextFor', 'ready', 'catchUp']);

/** The same subgraph, whose own work acts for all organisations. */
export function withOwnWork<Own extends Subgraph>(subgraph: Own): Own {
  const { routes, datasets } = subgraph;
  const calls = Object.entries(subgraph).flatMap(([name, value]): [string, Call][] =>
    typeof value === 'function' && !OF_REQUESTS.has(name) ? [[name, ownCall(value as Call)]] : []);
  return {
    ...subgraph,
    ...Object.fromEntries(calls),
    ...(routes === undefined ? {} : { routes: (app: FastifyInstance) => ownRoutes(app, routes) }),
    ...(datasets === undefined ? {} : { datasets: datasets.map(ownDataset) }),
  };
}

const ownCall = (call: Call): Call => (...given) => actingForAll(() => {
  const answer = call(...given);
  return isIterable(answer) ? actingThroughout(answer) : answer;
});

const isIterable = (value: unknown): value is AsyncIterable<unknown> => typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** Those who come here have no organisation yet: they sign in. The hook stands behind the reading of the body, which would lose what it sets. */
async function ownRoutes(app: FastifyInstance, routes: (app: FastifyInstance) => Promise<void>): Promise<void> {
  await app.register(async (own) => {
    own.addHook('preHandler', (_request, _reply, done) => { actingForAll(done); });
    await routes(own);
  });
}

const ownDataset = (dataset: Dataset): Dataset => ({
  ...dataset,
  pages: (query) => actingFor(query.organizationId, () => actingThroughout(dataset.pages(query))),
});
