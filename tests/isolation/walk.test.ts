/** Everything that the API can be asked, asked by one organisation with what is another's: it learns nothing, changes nothing, and hears nothing. */
import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Estate, estate } from './estate.ts';
import { changed, harvest, type Harvest } from './harvest.ts';
import { listen } from './listening.ts';
import { bought, notes, seed, type Seeded } from './seed.ts';
import { unbounded } from './unbounded.ts';
import { walkEntities, type Walker, walkRoot } from './walk.ts';

const MINUTE_MS = 60_000;
const PATIENCE = { timeout: 120_000 };
const api = buildSchema(readFileSync(new URL('../../schema/api.graphql', import.meta.url), 'utf8'), { assumeValid: true });
let ahead = 0;
let at: Estate;
let other: Seeded;
let walker: Walker;
/** The other organisation, asking for its own things: what it finds proves that there is something to find. */
let owner: Walker;

beforeAll(async () => {
  at = await estate(() => new Date(Date.now() + ahead));
  const one = await seed(at, 'org_one', 'alpha');
  other = await seed(at, 'org_other', 'zebra');
  ahead = MINUTE_MS; // what was made just now and is unknown would be waited for
  const [own, foreign] = [await harvest(at, one.organizationId), await harvest(at, other.organizationId)];
  walker = { estate: at, who: one.admin, own, foreign, mark: other.mark };
  owner = { ...walker, who: other.admin };
}, 120_000);
afterAll(() => at.close());

const fieldsOf = (type: GraphQLObjectType | null | undefined): string[] => Object.keys(type?.getFields() ?? {});
const foreignNow = (): Promise<Harvest> => harvest(at, other.organizationId);

/** A field that answers everybody as it answers the other organisation; resolves to its undoing. */
function planted(subgraph: string, type: string, name: string, key: 'resolve' | 'subscribe' = 'resolve'): () => void {
  const { schema, contextFor } = at.subgraphs.get(subgraph) ?? expect.fail(`there is no ${subgraph}`);
  const field = (schema.getType(type) as GraphQLObjectType).getFields()[name] ?? expect.fail(`there is no ${type}.${name}`);
  const before = field[key] ?? expect.fail(`${type}.${name} has nothing to ${key}`);
  field[key] = (source, args, _context, info) => before(source, args, contextFor({ principal: other.admin, token: null, correlationId: 'cor_planted' }), info);
  return () => { field[key] = before; };
}

/** One address signs in to one organisation, whichever that is: who makes users learns that an address is taken. */
const KNOWN = /^mutation createUser with \S+ as input\.email: /;

/** Of the mutations those that change what is there. */
const CHANGES = /^(update|amend|cancel|close|resolve|decide|reverse|erase|transfer|deposit)/;

/** What a day of work does not leave. */
const MAY_BE_EMPTY = [
  'analytics.split', 'audit.checkpoint', 'audit.held_person', 'audit.outbox_event', 'audit.outbox_receipt', 'audit.person_key', 'audit.retention_rule', 'auth.federated_identity', 'auth.legal_hold', 'auth.passkey', 'auth.recovery_code', 'auth.totp', 'leaderboard.outbox_event', 'simulation.outbox_event', 'simulation.simulation', 'trade_capture.fix_message', 'transactional.checkpoint', 'transactional.checkpoint_position', 'transactional.custody',
  'transactional.settlement_policy',
];

test('there is something of every kind to find', () => {
  expect(notes).toEqual([]);
  expect(walker.foreign.empty.filter((table) => !MAY_BE_EMPTY.includes(table))).toEqual([]);
});

test('no query finds anything of the other organisation', PATIENCE, async () => {
  const { asked, leaks } = await walkRoot(walker, api, 'query');
  expect(leaks).toEqual([]);
  expect([...asked.keys()]).toEqual(fieldsOf(api.getQueryType()).map((name) => `query ${name}`));
  const found = new Set((await walkRoot(owner, api, 'query')).leaks.map((leak) => leak.split(/[ :]/)[1]));
  expect([...found]).toEqual(expect.arrayContaining(['alerts', 'auditTrail', 'breaches', 'corporateAction', 'instrument', 'investor', 'portfolio', 'reconciliation', 'settlements', 'trade', 'user']));
});

test('no entity of any subgraph is resolved for the other organisation', PATIENCE, async () => {
  const { asked, leaks } = await walkEntities(walker);
  expect(leaks).toEqual([]);
  const found = new Set((await walkEntities(owner)).leaks.map((leak) => leak.split(' ').slice(0, 2).join(' ')));
  expect(found.size).toBeGreaterThan(15);
  expect([...asked].filter(([, count]) => count === 0).map(([entity]) => entity)).toEqual(['simulation Simulation']); // there is none to ask for
});

test('without the bounds of the application the database alone shows nothing of another organisation, and lets nothing of it be changed', PATIENCE, async () => {
  const forgotten = unbounded();
  try {
    const entities = await walkEntities(walker);
    const queries = await walkRoot(walker, api, 'query');
    expect(forgotten.count()).toBeGreaterThan(200);
    expect([...queries.leaks, ...entities.leaks]).toEqual([]);
    const before = await foreignNow();
    const { leaks } = await walkRoot(walker, api, 'mutation', (name) => CHANGES.test(name));
    await at.settled();
    expect(changed(before, await foreignNow())).toEqual([]);
    expect(leaks).toEqual([]);
    // that it is the policies: a table without them shows what the application has forgotten to bound
    const leaked = async (table: string, name: string) => {
      await at.owner.query(`alter table ${table} disable row level security`);
      const found = (await walkRoot(walker, api, 'query', (field) => field === name)).leaks.length;
      await at.owner.query(`alter table ${table} enable row level security`);
      return found > 0;
    };
    expect(await leaked('portfolio.investor', 'investor')).toBe(true);
    expect(await leaked('portfolio.portfolio', 'portfolio')).toBe(true);
  } finally {
    forgotten.undo();
  }
});

test('requests of both organisations that are served side by side, on few connections, find their own, whatever fails among them', async () => {
  const text = '{ portfolios(first: 50) { edges { node { name positions { quantity } cash { currency } trades(first: 5) { edges { node { externalId } } } } } } }';
  const failing = 'mutation ($input: DepositCashInput!) { depositCash(input: $input) { userErrors { code } } }';
  const forgotten = unbounded();
  try {
    const answers = await Promise.all(Array.from({ length: 60 }, async (_, count) => {
      const [who, mark] = count % 2 === 0 ? [walker.who, 'alpha'] : [other.admin, 'zebra'];
      if (count % 5 === 0) await at.ask(who, failing, { input: { portfolioId: other.portfolioId, amount: { amount: '1e99', currency: 'USD' }, idempotencyKey: `side-${String(count)}` } });
      return { mark, said: JSON.stringify(await at.ask(who, text)).toLowerCase() };
    }));
    for (const { mark, said } of answers) expect([said.includes('error'), said.includes('alpha'), said.includes('zebra')]).toEqual([false, mark === 'alpha', mark === 'zebra']);
    expect(forgotten.count()).toBeGreaterThan(60);
  } finally {
    forgotten.undo();
  }
});

test('no mutation changes anything of the other organisation, or tells of it', PATIENCE, async () => {
  const before = await foreignNow();
  const { asked, leaks } = await walkRoot(walker, api, 'mutation');
  expect([...asked.keys()]).toEqual(fieldsOf(api.getMutationType()).map((name) => `mutation ${name}`));
  await at.settled();
  expect(changed(before, await foreignNow())).toEqual([]);
  expect(leaks.filter((leak) => !KNOWN.test(leak))).toEqual([]);
});

test('no subscription tells of what the other organisation does, which hears it itself', PATIENCE, async () => {
  const { asked, heardByOwner, leaks } = await listen(walker, other.admin, () => bought(at, other));
  expect(leaks).toEqual([]);
  expect([...asked.keys()].toSorted()).toEqual(fieldsOf(api.getSubscriptionType()).toSorted());
  expect([...heardByOwner]).toEqual(expect.arrayContaining(['alertRaised', 'quotes', 'tradeEvents']));
});

test('the walk finds a leak that was planted: in a query, an entity, a mutation, a subscription', PATIENCE, async () => {
  let undo = planted('portfolio', 'Query', 'investor');
  expect((await walkRoot(walker, api, 'query', (name) => name === 'investor')).leaks.join()).toMatch(/query investor with inv_.*: the text zebra Investor/);
  undo();
  undo = planted('transactional', 'Portfolio', 'cash');
  expect((await walkEntities(walker, (entity) => entity === 'transactional Portfolio')).leaks.join()).toMatch(/transactional Portfolio prt_/);
  undo();
  undo = planted('transactional', 'Mutation', 'depositCash');
  const before = await foreignNow();
  await walkRoot(walker, api, 'mutation', (name) => name === 'depositCash');
  expect(changed(before, await foreignNow())).toContain('transactional.fact');
  undo();
  undo = planted('trade-capture', 'Subscription', 'tradeEvents', 'subscribe');
  expect((await listen(walker, other.admin, () => bought(at, other))).leaks.join()).toMatch(/subscription tradeEvents/);
  undo();
});
