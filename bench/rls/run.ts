/**
 * `pnpm bench rls`: what row-level security costs. The same domain code on the same tables, as the domain's own role and as the owner whom no policy holds,
 * turn by turn; and bulk booking in either way. `--quick` is for trying: nothing is kept.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { newId } from '@pms/events/ids';
import { localLive } from '@pms/events/live';
import { connect, type Database } from '@pms/prisma/connect';
import { catalogue } from '@pms/processes/catalogue';
import type { Subgraph, Surroundings } from '@pms/subgraph/subgraph';
import { silent } from '@pms/telemetry/logger';
import { principal } from '@pms/testing/front-door';
import { type DocumentNode, execute, parse } from 'graphql';
import { fillBooks } from '../books/fill.ts';
import { bookInBulk } from '../books/throughput.ts';
import { machine, versions } from '../machine.ts';
import { connectAs, type Databases, openDatabases } from '../platform/databases.ts';

const RESULTS = join(import.meta.dirname, '../results-rls.json');
/** Of reads alone. */
export const readSizes = { quick: { trades: 2_000, times: 60 }, full: { trades: 20_000, times: 400 } } as const;
const sizes = { quick: { ...readSizes.quick, calls: 4, rounds: 1 }, full: { ...readSizes.full, calls: 16, rounds: 3 } } as const;
const INSTRUMENTS = 200;
const PORTFOLIOS = 2;
const BULK = 1_000;
const BULK_CLIENTS = 4;
/** Turns that are not counted. */
const WARM_UP = 50;

const ofPortfolio = (fields: string): DocumentNode =>
  parse(`query ($id: ID!) { _entities(representations: [{ __typename: "Portfolio", id: $id }]) { ... on Portfolio { ${fields} } } }`, { noLocation: true });
const ofBooks = (fields: string) => ({ domain: 'transactional', document: ofPortfolio(fields) }) as const;
type Domain = 'transactional' | 'trade-capture';
const READS: Readonly<Record<string, { readonly domain: Domain; readonly document: DocumentNode }>> = {
  'positions of a portfolio': ofBooks('positions { instrument { id } quantity averageCost { amount } costBasis { amount currency } realizedPnl { amount } }'),
  'cash of a portfolio': ofBooks('cash { currency balance { amount } settled { amount } }'),
  'realised gains, first 50': ofBooks('realizedGains(first: 50) { edges { node { quantity gain { amount } } } }'),
  'journal, newest 50': ofBooks('journal(first: 50) { edges { node { id kind effectiveOn recordedAt reference lines { account amount { amount currency } } } } }'),
  'trades, newest 50': { domain: 'trade-capture', document: ofPortfolio('trades(first: 50) { edges { node { id side quantity price currency tradeDate status } } }') },
};

export interface ReadCost {
  readonly read: string;
  /** Medians, in milliseconds. */
  readonly ownerMs: number;
  readonly roleMs: number;
  /** By the role, on a connection that another organisation had before. */
  readonly afterAnotherMs: number;
  readonly costPercent: number;
  readonly costAfterAnotherPercent: number;
}

interface BulkCost {
  readonly ownerPerSecond: number;
  readonly rolesPerSecond: number;
  readonly costPercent: number;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const percent = (more: number, than: number): number => (more / than - 1) * 100;
/** Of each turn by itself, so that what slows the machine down for a while slows down both: the median of the turns. */
const percentOfTurns = (more: readonly number[], than: readonly number[]): number => median(more.map((ms, turn) => percent(ms, than[turn] ?? ms)));

/** Turn by turn, so that whatever else the machine does is everybody's. */
export async function readCosts(databases: Databases, { trades, times }: { readonly trades: number; readonly times: number }): Promise<ReadCost[]> {
  const url = await databases.make();
  const readers = {
    transactional: { owner: await domainOn('transactional', connect(url, { poolMax: 1 })), role: await domainOn('transactional', connectAs(url, 'transactional', { poolMax: 1 })) },
    'trade-capture': { owner: await domainOn('trade-capture', connect(url, { poolMax: 1 })), role: await domainOn('trade-capture', connectAs(url, 'trade-capture', { poolMax: 1 })) },
  };
  try {
    const { portfolioIds } = await fillBooks(readers.transactional.role.subgraph, { trades, portfolios: PORTFOLIOS, instruments: INSTRUMENTS, settleEvery: 0 });
    const [id = ''] = portfolioIds;
    await fillTrades(readers.transactional.owner.database, { trades, portfolioIds });
    await readers.transactional.owner.database.query('analyze');
    const all: ReadCost[] = [];
    for (const [read, { domain, document }] of Object.entries(READS)) {
      const { owner, role } = readers[domain];
      const asOwner = () => owner.read(document, id, 'org_made');
      const asRole = () => role.read(document, id, 'org_made');
      if (JSON.stringify(await asOwner()) !== JSON.stringify(await asRole())) throw new Error(`${read}: the owner and the role read different things`);
      const taken = { owner: [] as number[], role: [] as number[], afterAnother: [] as number[] };
      // each is timed right after a read of its own kind, and none is always the first of a turn
      const turn = [
        { into: taken.owner, before: asOwner, timed: asOwner }, { into: taken.role, before: asRole, timed: asRole },
        { into: taken.afterAnother, before: () => role.read(document, id, 'org_another'), timed: asRole },
      ];
      for (let at = 0; at < times + WARM_UP; at += 1) for (let place = 0; place < turn.length; place += 1) {
        const { into, before, timed } = turn[(at + place) % turn.length] as (typeof turn)[number];
        await before();
        const begun = performance.now();
        await timed();
        if (at >= WARM_UP) into.push(performance.now() - begun);
      }
      const [ownerMs, roleMs, afterAnotherMs] = [median(taken.owner), median(taken.role), median(taken.afterAnother)];
      const cost: ReadCost = { read, ownerMs, roleMs, afterAnotherMs, costPercent: percentOfTurns(taken.role, taken.owner), costAfterAnotherPercent: percentOfTurns(taken.afterAnother, taken.owner) };
      console.log(`${read.padEnd(30)}${ownerMs.toFixed(2)} ms without, ${roleMs.toFixed(2)} ms with: ${cost.costPercent.toFixed(1)} %; after another organisation ${afterAnotherMs.toFixed(2)} ms: ${cost.costAfterAnotherPercent.toFixed(1)} %`);
      all.push(cost);
    }
    return all;
  } finally {
    for (const { owner, role } of Object.values(readers)) for (const each of [owner, role]) await each.close();
  }
}

/** Captured trades by SQL, as many as were booked: reading them is measured, capturing them is not. */
async function fillTrades(owner: Database, { trades, portfolioIds }: { readonly trades: number; readonly portfolioIds: readonly string[] }): Promise<void> {
  const made = `from generate_series(1, $1::int) as n`;
  const id = `'trd_made' || lpad(n::text, 8, '0')`;
  await owner.query(
    `insert into trade_capture.trade (id, organization_id, portfolio_id, external_id, content_hash, version, last_version)
     select ${id}, 'org_made', ($2::text[])[1 + mod(n, $3::int)], 'made' || n, 'x', 1, 1 ${made}`, [trades, portfolioIds, portfolioIds.length]);
  await owner.query(
    `insert into trade_capture.trade_version (trade_id, version, organization_id, kind, instrument_id, side, quantity, price, currency, trade_date, fees, status, status_at, captured_at, captured_by)
     select ${id}, 1, 'org_made', 'CAPTURE', 'ins_made0000', 'BUY', 10, 100, 'USD', date '2026-01-05', '[]', 'BOOKED', now(), now(), 'usr_made' ${made}`, [trades]);
}

interface Reader {
  readonly subgraph: Subgraph;
  readonly database: Database;
  read(document: DocumentNode, id: string, organizationId: string): Promise<unknown>;
  close(): Promise<void>;
}

async function domainOn(domain: Domain, database: Database): Promise<Reader> {
  const live = localLive();
  const surroundings: Surroundings = {
    database, live, logger: silent, wake: () => undefined, newId, now: () => new Date(),
    settings: { production: false, demo: false, issuer: 'http://127.0.0.1', secret: (name) => Promise.resolve(name.padEnd(43, '.')) },
  };
  const subgraph = (await catalogue[domain]())(surroundings);
  return {
    subgraph, database,
    async read(document, id, organizationId) {
      const contextValue = subgraph.contextFor({ principal: principal({ organizationId }), token: null, correlationId: newId('cor') });
      const { data, errors } = await execute({ schema: subgraph.schema, document, variableValues: { id }, contextValue });
      if (errors !== undefined && organizationId === 'org_made') throw new Error(`a read failed: ${JSON.stringify(errors).slice(0, 500)}`);
      return data;
    },
    async close() {
      await subgraph.close();
      await live.close();
      await database.close();
    },
  };
}

async function bulk(databases: Databases, { calls, rounds }: { readonly calls: number; readonly rounds: number }): Promise<BulkCost> {
  const booked = { owner: [] as number[], roles: [] as number[] };
  for (let round = 0; round < rounds; round += 1) for (const as of round % 2 === 0 ? (['owner', 'roles'] as const) : (['roles', 'owner'] as const)) {
    const { bookedPerSecond } = await bookInBulk(databases, { name: as, as, clients: BULK_CLIENTS, portfolios: BULK_CLIENTS, size: BULK, calls });
    booked[as].push(bookedPerSecond);
  }
  const [ownerPerSecond, rolesPerSecond] = [median(booked.owner), median(booked.roles)];
  return { ownerPerSecond, rolesPerSecond, costPercent: percent(ownerPerSecond, rolesPerSecond) };
}

/** `args` follow the word `rls`. */
export async function benchRls(args: readonly string[]): Promise<void> {
  const { values: { quick }, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { quick: { type: 'boolean', default: false } } });
  const asked = (part: string): boolean => positionals.length === 0 || positionals.includes(part);
  const measuredOn = machine();
  const databases = await openDatabases();
  const used = { ...versions(), postgres: databases.postgresVersion };
  for (const [name, value] of Object.entries({ ...measuredOn, ...used })) console.log(`${name.padEnd(30)}${String(value)}`);
  if (measuredOn.loadBefore > measuredOn.cores / 2) console.log('\nThis machine is busy with other work: these figures will not be worth keeping.');
  try {
    const size = sizes[quick ? 'quick' : 'full'];
    const costs = asked('reads') ? await readCosts(databases, size) : [];
    const bulkCost = asked('bulk') ? await bulk(databases, size) : null;
    if (bulkCost !== null) console.log(`${'booked in bulk'.padEnd(30)}${bulkCost.ownerPerSecond.toFixed(0)} trades/s without, ${bulkCost.rolesPerSecond.toFixed(0)} with: ${bulkCost.costPercent.toFixed(1)} %`);
    if (quick) return;
    const earlier = existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as unknown[]) : [];
    writeFileSync(RESULTS, `${JSON.stringify([...earlier, { at: new Date().toISOString(), machine: measuredOn, versions: used, reads: costs, bulk: bulkCost }], null, 2)}\n`);
  } finally {
    await databases.close();
  }
}
