/**
 * How the books are read: positions of a portfolio with many trades beside the one indexed query that they are, and positions of a day ten
 * years ago, from a checkpoint and replayed from the start. The books are filled through the domain with made-up trades of ten years.
 */
import { localLive } from '@pms/events/live';
import { newId } from '@pms/events/ids';
import { connect } from '@pms/prisma/connect';
import { catalogue } from '@pms/processes/catalogue';
import { principal } from '@pms/testing/front-door';
import type { Surroundings } from '@pms/subgraph/subgraph';
import { silent } from '@pms/telemetry/logger';
import type { TransactionalSubgraph } from '@pms/transactional';
import { execute, parse } from 'graphql';
import { connectAs, type Databases } from '../platform/databases.ts';
import { type Filled, fillBooks } from './fill.ts';

const POSITIONS = parse(`query ($id: ID!) { _entities(representations: [{ __typename: "Portfolio", id: $id }]) { ... on Portfolio {
  positions { instrument { id } quantity averageCost { amount } costBasis { amount currency } realizedPnl { amount } } } } }`, { noLocation: true });
const POSITIONS_THEN = parse(`query ($id: ID!, $asOf: Date, $knownAt: DateTime) { _entities(representations: [{ __typename: "Portfolio", id: $id }]) { ... on Portfolio {
  positions(asOf: $asOf, knownAt: $knownAt) { instrument { id } quantity costBasis { amount } realizedPnl { amount } } } } }`, { noLocation: true });
const INDEXED = `select instrument_id, currency, quantity::text, cost::text, realized::text, opened_on::text, last_traded_on::text, last_day_order, last_trade_id
  from transactional.position where organization_id = $1 and portfolio_id = $2 order by instrument_id, currency`;
const INSTRUMENTS = 200;
const DAYS_READ = ['2016-06-30', '2018-03-15', '2020-02-28', '2022-11-11', '2024-08-30', '2025-12-31'];

export interface Books extends Filled {
  readonly subgraph: TransactionalSubgraph;
  read(document: typeof POSITIONS, variables: Record<string, unknown>): Promise<unknown>;
  /** As the resolver of positions asks for them. */
  holdings(portfolioId: string): Promise<unknown>;
  query(text: string, values: readonly unknown[]): Promise<unknown>;
  close(): Promise<void>;
}

/** As much as is needed here of the domain's own context. */
interface WithLoaders {
  readonly loaders: { holdings(moment: { readonly asOf: null; readonly knownAt: null }): { load(portfolioId: string): Promise<unknown> } };
}

/** Books of the domain alone, filled. */
export async function filledBooks(databases: Databases, { trades, portfolios, say = () => undefined }: { readonly trades: number; readonly portfolios: number; say?(trades: number): void }): Promise<Books> {
  const url = await databases.make();
  const database = connect(url);
  const own = connectAs(url, 'transactional');
  const live = localLive();
  const surroundings: Surroundings = {
    database: own, live, logger: silent, wake: () => undefined, newId, now: () => new Date(),
    settings: { production: false, demo: false, issuer: 'http://127.0.0.1', secret: (name) => Promise.resolve(name.padEnd(43, '.')) },
  };
  const subgraph = (await catalogue.transactional())(surroundings) as TransactionalSubgraph; // the catalogue says what all domains have
  const filled = await fillBooks(subgraph, { trades, portfolios, instruments: INSTRUMENTS, settleEvery: 0, say });
  await database.query('analyze');
  const contextValue = () => subgraph.contextFor({ principal: principal({ organizationId: 'org_made' }), token: null, correlationId: newId('cor') });
  return {
    ...filled, subgraph,
    async read(document, variableValues) {
      const { data, errors } = await execute({ schema: subgraph.schema, document, variableValues, contextValue: contextValue() });
      if (errors !== undefined) throw new Error(`a read failed: ${JSON.stringify(errors).slice(0, 500)}`);
      return data;
    },
    holdings: (portfolioId) => (contextValue() as WithLoaders).loaders.holdings({ asOf: null, knownAt: null }).load(portfolioId),
    query: (text, values) => database.query(text, values),
    async close() {
      await subgraph.close();
      await live.close();
      await own.close();
      await database.close();
    },
  };
}

async function medianMs(times: number, work: () => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let at = 0; at < times; at += 1) {
    const begun = performance.now();
    await work();
    taken.push(performance.now() - begun);
  }
  return taken.toSorted((a, b) => a - b)[Math.floor(times / 2)] ?? 0;
}

export interface ReadFigures {
  readonly trades: number;
  readonly positions: number;
  /** What the domain reads, without the making of an answer. */
  readonly positionsMs: number;
  /** The whole query. */
  readonly answeredMs: number;
  readonly indexedQueryMs: number;
  /** Of the domain's read over the indexed query. */
  readonly ratio: number;
  readonly checkpoints: number;
  /** Over six days of ten years. */
  readonly asOfMs: number;
  readonly replayMs: number;
}

/** Reads of one portfolio. Throws where a day answers otherwise from a checkpoint than replayed. */
export async function measureReads(databases: Databases, { trades, times, say }: { readonly trades: number; readonly times: number; say?(trades: number): void }): Promise<ReadFigures> {
  const books = await filledBooks(databases, { trades, portfolios: 1, ...(say && { say }) });
  try {
    const [id = ''] = books.portfolioIds;
    const indexed = (): Promise<unknown> => books.query(INDEXED, ['org_made', id]);
    const answered = (): Promise<unknown> => books.read(POSITIONS, { id });
    const positions = (): Promise<unknown> => books.holdings(id);
    for (let at = 0; at < times / 2; at += 1) { await indexed(); await positions(); await answered(); }
    const [indexedQueryMs, positionsMs, answeredMs] = [await medianMs(times, indexed), await medianMs(times, positions), await medianMs(times, answered)];
    const then = async (): Promise<unknown[]> => {
      const all: unknown[] = [];
      for (const asOf of DAYS_READ) all.push(await books.read(POSITIONS_THEN, { id, asOf }));
      return all;
    };
    const replayed = await then();
    const replayMs = await medianMs(3, then) / DAYS_READ.length;
    const checkpoints = await books.subgraph.keepCheckpoints({ organizationId: 'org_made', portfolioId: id });
    if (JSON.stringify(await then()) !== JSON.stringify(replayed)) throw new Error('a day answers otherwise from a checkpoint than replayed from the start');
    const asOfMs = await medianMs(5, then) / DAYS_READ.length;
    const { _entities: [found] } = (await answered()) as { _entities: { positions: unknown[] }[] };
    return { trades: books.trades, positions: found?.positions.length ?? 0, positionsMs, answeredMs, indexedQueryMs, ratio: positionsMs / indexedQueryMs, checkpoints, asOfMs, replayMs };
  } finally {
    await books.close();
  }
}

export interface RebuildFigures {
  readonly trades: number;
  readonly facts: number;
  readonly verifiedPerSecond: number;
  readonly rebuiltPerSecond: number;
  /** Of this process, which also filled the books. */
  readonly peakRssMib: number;
  readonly differences: number;
}

/** All portfolios rebuilt, then verified; the highest resident memory meanwhile. */
export async function measureRebuild(databases: Databases, { trades, portfolios, say }: { readonly trades: number; readonly portfolios: number; say?(trades: number): void }): Promise<RebuildFigures> {
  const books = await filledBooks(databases, { trades, portfolios, ...(say && { say }) });
  let peakRssMib = 0;
  const look = setInterval(() => { peakRssMib = Math.max(peakRssMib, process.memoryUsage.rss() / 2 ** 20); }, 100);
  try {
    const run = async (verify: boolean) => {
      const begun = performance.now();
      const report = await books.subgraph.rebuild?.({ verify });
      return { seconds: (performance.now() - begun) / 1_000, facts: report?.facts ?? 0, differences: report?.differences.length ?? 0 };
    };
    const rebuilt = await run(false);
    const verified = await run(true);
    return {
      trades: books.trades, facts: verified.facts, rebuiltPerSecond: books.trades / rebuilt.seconds, verifiedPerSecond: books.trades / verified.seconds,
      peakRssMib, differences: rebuilt.differences + verified.differences,
    };
  } finally {
    clearInterval(look);
    await books.close();
  }
}
