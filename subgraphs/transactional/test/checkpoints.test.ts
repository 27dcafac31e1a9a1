/** That books of an earlier day, or as they were known earlier, are the same read from a checkpoint and replayed from the start. */
import type { Event } from '@pms/events/envelope';
import { portfolioUpdated } from '@pms/schema/events/portfolio';
import { type FrontDoor, frontDoor, heard } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TransactionalSubgraph, transactionalSubgraph } from '../src/subgraph.ts';
import { books, cancelled, nowKnown, tradeIdOf, validated, type World, world } from './world.ts';

let door: FrontDoor;
let w: World;
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph);
  w = await world(door);
});
afterAll(() => door.close());

/** Printed with a failure: the same histories again by CHECKPOINT_SEED=<n>. */
const SEED = Number(process.env['CHECKPOINT_SEED'] ?? 20_261_126);
const STEPS = 45;
const DAYS = 25;

function chance(seed: number): (most: number) => number {
  let state = seed >>> 0;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * most);
  };
}

const dayOf = (at: number): string => new Date(Date.UTC(2026, 7, 3) + at * 86_400_000).toISOString().slice(0, 10);
const keep = (portfolioId: string): Promise<number> =>
  (door.subgraph as TransactionalSubgraph).keepCheckpoints({ organizationId: 'org_one', portfolioId, movementsBetweenMin: 3 });
const methodSet = (portfolioId: string, lotMethod: 'FIFO' | 'LIFO' | 'HIFO' | 'AVERAGE_COST'): Event => heard(portfolioUpdated, portfolioId, {
  portfolioId, name: 'Growth', baseCurrency: 'USD', investorId: null, lotMethod, benchmarkInstrumentId: null });

/** A history of purchases and sales, some of them late, amended and cancelled, changes of the lot method, and checkpoints kept in between. The times at which it stood still. */
async function lived(portfolioId: string, seed: number): Promise<string[]> {
  const upTo = chance(seed);
  const trades: Event[] = [];
  const times: string[] = [];
  for (let step = 0; step < STEPS; step += 1) {
    const day = Math.max(0, Math.floor((step / STEPS) * DAYS) - (upTo(6) === 0 ? upTo(12) : 0));
    const trade = validated(portfolioId, w.instrumentId, { side: upTo(5) < 2 ? 'SELL' : 'BUY', quantity: `${1 + upTo(20)}.5`, price: String(90 + upTo(40)), tradeDate: dayOf(day) });
    trades.push(trade);
    await door.hear(trade);
    const earlier = trades[upTo(trades.length)];
    const happens = upTo(12);
    if (happens === 0 && earlier !== undefined)
      await door.hear(validated(portfolioId, w.instrumentId, { ...(earlier.data as object), version: 2, replaces: 1, quantity: String(1 + upTo(20)), tradeDate: dayOf(Math.max(0, day - upTo(10))) }));
    if (happens === 1 && earlier !== undefined) await door.hear(cancelled(portfolioId, w.instrumentId, tradeIdOf(earlier), 3));
    if (happens === 2) await door.hear(methodSet(portfolioId, (['FIFO', 'LIFO', 'HIFO', 'AVERAGE_COST'] as const)[upTo(4)] ?? 'FIFO'));
    if (happens >= 8) await keep(portfolioId);
    if (happens >= 7) times.push(await nowKnown());
  }
  await keep(portfolioId);
  return times;
}

test.each([SEED, SEED + 1, SEED + 2])('a random history answers every day, at every time, as a full replay does (seed %i)', async (seed) => {
  const portfolio = await w.open();
  await w.deposit(portfolio, '1000000', { effectiveDate: '2026-08-01' });
  const times = await lived(portfolio, seed);
  const upTo = chance(seed + 99);
  const moments = Array.from({ length: 30 }, () => [
    upTo(4) === 0 ? '' : `asOf: "${dayOf(upTo(DAYS + 3))}"`, upTo(3) === 0 ? '' : `knownAt: "${times[upTo(times.length)] ?? ''}"`,
  ].filter((part) => part !== '')).filter((parts) => parts.length > 0).map((parts) => `(includeClosed: true, ${parts.join(', ')})`);
  const answers = async (): Promise<unknown[]> => {
    const all: unknown[] = [];
    for (const moment of moments) all.push((await door.ask(books(moment), { id: portfolio })).data._entities[0].positions);
    return all;
  };
  const { rows: [held] } = await door.database.query<{ all: number; spoiled: number }>(
    'select count(*)::int as all, count(spoiled_by)::int as spoiled from transactional.checkpoint where portfolio_id = $1', [portfolio]);
  expect(held?.all).toBeGreaterThan(5);
  expect(held?.spoiled).toBeGreaterThan(0);
  const fromCheckpoints = await answers();
  expect((await door.subgraph.rebuild?.({ verify: true }))?.differences).toEqual([]);
  await door.database.query('delete from transactional.checkpoint where portfolio_id = $1', [portfolio]);
  expect(fromCheckpoints).toEqual(await answers());
}, 120_000);

const QUANTITIES = `query ($id: ID!, $asOf: Date) { _entities(representations: [{ __typename: "Portfolio", id: $id }]) { ... on Portfolio { positions(asOf: $asOf) { quantity lots { quantity } } } } }`;

test('a day long past is read from the last checkpoint before it, and no trade before that is touched', async () => {
  const portfolio = await w.open();
  await w.deposit(portfolio, '1000000', { effectiveDate: '2026-08-01' });
  for (let day = 0; day < 20; day += 1) await door.hear(validated(portfolio, w.instrumentId, { quantity: '1', price: '10', tradeDate: dayOf(day) }));
  expect(await keep(portfolio)).toBeGreaterThan(2);
  const { rows: [last] } = await door.database.query<{ through: string }>(
    'select max(through)::text as through from transactional.checkpoint where portfolio_id = $1 and through <= $2::date', [portfolio, dayOf(15)]);
  const changed = (set: string): Promise<void> => door.database.transaction(async (sql) => {
    await sql.query('set local session_replication_role = replica');
    await sql.query(`update transactional.fact set data = ${set} where portfolio_id = $1 and kind = 'TRADE_BOOKED' and effective_on <= $2::date`, [portfolio, last?.through]);
  });
  await changed(`jsonb_build_object('kept', data)`); // what a replay from the start would meet first
  try {
    const { data } = await door.ask(QUANTITIES, { id: portfolio, asOf: dayOf(15) });
    expect(data._entities[0].positions).toMatchObject([{ quantity: '16', lots: Array.from({ length: 16 }, () => ({ quantity: '1' })) }]);
    const { data: atStart } = await door.ask(QUANTITIES, { id: portfolio, asOf: dayOf(1) });
    expect(atStart._entities[0]).toBeNull();
  } finally {
    await changed(`data->'kept'`);
  }
});

test('a late trade takes the checkpoints of its day and later from who knows it, and from nobody else', async () => {
  const portfolio = await w.open();
  await w.deposit(portfolio, '1000000', { effectiveDate: '2026-08-01' });
  for (let day = 0; day < 20; day += 1) await door.hear(validated(portfolio, w.instrumentId, { quantity: '1', price: '10', tradeDate: dayOf(day) }));
  await keep(portfolio);
  const before = await nowKnown();
  await door.hear(validated(portfolio, w.instrumentId, { quantity: '5', price: '10', tradeDate: dayOf(2) }));
  expect(await w.position(portfolio, `(asOf: "${dayOf(10)}")`)).toMatchObject({ quantity: '16' });
  expect(await w.position(portfolio, `(asOf: "${dayOf(10)}", knownAt: "${before}")`)).toMatchObject({ quantity: '11' });
  expect(await keep(portfolio)).toBeGreaterThan(0); // others take their place
  expect(await w.position(portfolio, `(asOf: "${dayOf(10)}")`)).toMatchObject({ quantity: '16' });
  expect(await w.position(portfolio, `(asOf: "${dayOf(10)}", knownAt: "${before}")`)).toMatchObject({ quantity: '11' });
});

test('a rebuild lets go of the checkpoints, and the books answer as before', async () => {
  const portfolio = await w.open();
  await w.deposit(portfolio, '1000000', { effectiveDate: '2026-08-01' });
  for (let day = 0; day < 10; day += 1) await door.hear(validated(portfolio, w.instrumentId, { quantity: '1', price: '10', tradeDate: dayOf(day) }));
  await keep(portfolio);
  await door.subgraph.rebuild?.({ verify: false });
  const { rows } = await door.database.query('select from transactional.checkpoint where portfolio_id = $1', [portfolio]);
  expect(rows).toEqual([]);
  expect(await w.position(portfolio, `(asOf: "${dayOf(4)}")`)).toMatchObject({ quantity: '5' });
});
