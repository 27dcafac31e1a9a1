/**
 * The three domains that a trade passes on its way into the books (capture, validation, books) in one process, on a database that is durable
 * as in production. Their mutations are called as the router calls them; no other domain takes part, and there is no HTTP.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Event } from '@pms/events/envelope';
import { newId } from '@pms/events/ids';
import { localLive } from '@pms/events/live';
import { localBus } from '@pms/events/local-bus';
import { schemaOf } from '@pms/events/sql';
import { actingFor } from '@pms/events/acting';
import { connect, type Database } from '@pms/prisma/connect';
import { catalogue, domainNames } from '@pms/processes/catalogue';
import { portfolioCreated } from '@pms/schema/events/portfolio';
import { instrumentCreated } from '@pms/schema/events/rttm';
import { heard, principal } from '@pms/testing/front-door';
import type { Subgraph, Surroundings } from '@pms/subgraph/subgraph';
import { silent } from '@pms/telemetry/logger';
import { type DocumentNode, execute, parse } from 'graphql';
import { connectAs } from '../platform/databases.ts';

const domains = ['trade-capture', 'validation', 'transactional'] as const;
type Domain = (typeof domains)[number];
const CASH = '10000000000';
const DEPOSIT = parse('mutation ($input: DepositCashInput!) { depositCash(input: $input) { userErrors { code message } } }');
const LOOK_EVERY_MS = 20;
const SETTLES_WITHIN_MS = 600_000;

export interface BooksWorld {
  readonly database: Database;
  readonly url: string;
  readonly instrumentId: string;
  subgraph(name: Domain): Subgraph;
  /** A funded portfolio that all three know. */
  open(): Promise<string>;
  /** What a request to the domain's schema comes to; throws what it is refused with. */
  ask<Data>(domain: Domain, document: DocumentNode, variables: Record<string, unknown>): Promise<Data>;
  /** Resolves once nothing is on its way between the domains. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** `as`: the domains' own roles, as in production, or the owner of the tables, whom row-level security does not hold. */
export async function openBooks(url: string, { as = 'roles' }: { readonly as?: 'roles' | 'owner' } = {}): Promise<BooksWorld> {
  const database = connect(url);
  const live = localLive();
  const bus = localBus({ database, publishers: domainNames, logger: silent, peers: null });
  const own = new Map(domains.map((name) => [name, as === 'roles' ? connectAs(url, name) : connect(url)] as const));
  const surroundings: Omit<Surroundings, 'database'> = {
    live, logger: silent, wake: (told) => bus.wake(told), newId, now: () => new Date(),
    settings: { production: false, demo: false, issuer: 'http://127.0.0.1', secret: (name) => Promise.resolve(name.padEnd(43, '.')) },
  };
  const subgraphs = new Map(await Promise.all(domains.map(async (name) => [name, (await catalogue[name]())({ ...surroundings, database: own.get(name) ?? database })] as const)));
  for (const [name, { reactions }] of subgraphs) bus.subscribe(name, reactions);
  const instrumentId = newId('ins');
  const subgraph = (name: Domain): Subgraph => subgraphs.get(name) as Subgraph;
  const tell = async (event: Event): Promise<void> => {
    for (const { reactions } of subgraphs.values()) await actingFor(event.organizationId, async () => reactions.find(({ type }) => type === event.type)?.react(event));
  };
  const who = principal();
  async function ask<Data>(domain: Domain, schemaDocument: DocumentNode, variableValues: Record<string, unknown>): Promise<Data> {
    const { schema, contextFor } = subgraph(domain);
    const { data, errors } = await execute({ schema, document: schemaDocument, variableValues, contextValue: contextFor({ principal: who, token: null, correlationId: newId('cor') }) });
    if (errors !== undefined || data == null) throw new Error(`a request failed: ${JSON.stringify(errors).slice(0, 500)}`);
    return data as Data;
  }
  const settled = (): Promise<void> => nothingOnItsWay(database);
  await tell(heard(instrumentCreated, instrumentId, { instrumentId, symbol: 'ACME', name: 'Acme', assetClass: 'EQUITY', currency: 'USD', mic: 'XNYS' }));
  await bus.start();
  return {
    database, url, instrumentId, subgraph, ask, settled,
    async open() {
      const portfolioId = newId('prt');
      await tell(heard(portfolioCreated, portfolioId, { portfolioId, name: 'Bench', baseCurrency: 'USD', investorId: null, lotMethod: 'FIFO', benchmarkInstrumentId: null }));
      await ask('transactional', DEPOSIT, { input: { portfolioId, amount: { amount: CASH, currency: 'USD' }, idempotencyKey: newId('key') } });
      await settled();
      return portfolioId;
    },
    async close() {
      await bus.close();
      for (const each of subgraphs.values()) await each.close();
      await live.close();
      await Promise.all([database, ...own.values()].map((each) => each.close()));
    },
  };
}

/** Looks rarely and reads little: waiting must not cost what is measured. */
async function nothingOnItsWay(database: Database): Promise<void> {
  const unplaced = domains.map((name) => `exists (select from ${schemaOf(name)}.outbox_waiting)`).join(' or ');
  for (const end = performance.now() + SETTLES_WITHIN_MS; performance.now() < end; await delay(LOOK_EVERY_MS)) {
    const { rows: [at] } = await database.query<{ behind: boolean }>(
      `select case when exists (select from bus.sequencer s, unnest($1::text[]) as name left join bus.cursor c on c.consumer = name where coalesce(c.position, -1) < s.last_position) then true
         else ${unplaced} or exists (select from bus.parked_event) end as behind`, [domains]);
    if (at?.behind === false) return;
  }
  throw new Error('trades were not booked in time');
}
