/** Whatever arrives, in whatever order and runs: the books of the same facts are the same, and rebuilding finds nothing. */
import type { Event } from '@pms/events/envelope';
import { newId } from '@pms/events/ids';
import { portfolioUpdated } from '@pms/schema/events/portfolio';
import { type FrontDoor, frontDoor, heard } from '@pms/testing/front-door';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { books, cancelled, gains, nowKnown, validated, type World, world } from './world.ts';

const RUNS = 8;
let door: FrontDoor;
let w: World;
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph);
  w = await world(door);
});
afterAll(() => door.close());

const METHODS = ['FIFO', 'LIFO', 'HIFO', 'AVERAGE_COST', 'SPECIFIC'] as const;
const step = fc.record({
  on: fc.nat(9), ends: fc.integer({ min: 0, max: 5 }).map((n) => n === 0), side: fc.constantFrom('BUY' as const, 'SELL' as const), quantity: fc.integer({ min: 1, max: 20 }),
  price: fc.integer({ min: 1, max: 9_999 }), day: fc.integer({ min: 1, max: 28 }), names: fc.option(fc.nat(9), { nil: undefined, freq: 3 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The same trades for each portfolio, by their places: events of versions and ends, in the order of capture. */
function history(steps: readonly Step[], portfolioId: string, naming: boolean): { events: Event[]; ids: string[] } {
  const ids = Array.from({ length: 10 }, () => newId('trd'));
  const versions = new Map<number, number>();
  const events = steps.flatMap(({ on, ends, side, quantity, price, day, names }, at): Event[] => {
    const version = (versions.get(on) ?? 0) + 1;
    if (version === Infinity) return [];
    const tradeId = ids[on] as string;
    const isEnd = ends && version > 1;
    versions.set(on, isEnd ? Infinity : version);
    if (isEnd) return [cancelled(portfolioId, w.instrumentId, tradeId, version)];
    return [validated(portfolioId, w.instrumentId, {
      tradeId, version, ...(version > 1 && { replaces: version - 1 }), side, quantity: String(quantity), price: (price / 100).toFixed(2), tradeDate: `2026-10-${String(day).padStart(2, '0')}`,
      capturedAt: new Date(Date.parse('2026-10-30T10:00:00Z') + at * 1_000).toISOString(),
      ...(naming && names !== undefined && { lotPicks: [{ lotId: (ids[names] as string).replace('trd_', 'lot_'), quantity: String(quantity) }] }),
    })];
  });
  return { events, ids };
}

/** What is shown of a portfolio's positions and gains; trades by their place in the history. */
async function shown(portfolioId: string, ids: readonly string[], at = ''): Promise<string> {
  const positions = (await door.ask(books(at === '' ? '(includeClosed: true)' : `(includeClosed: true, ${at})`), { id: portfolioId })).data._entities[0].positions;
  const { edges, totals } = (await door.ask(gains(at === '' ? '(first: 500)' : `(first: 500, ${at})`), { id: portfolioId })).data._entities[0].realizedGains;
  const text = JSON.stringify({ positions, totals, closings: edges.map(({ node }: { node: unknown }) => node) });
  return ids.reduce((all, id, place) => all.replaceAll(id.slice(4), `<${place}>`), text);
}

const verified = async (): Promise<readonly string[]> => (await door.subgraph.rebuild?.({ verify: true }))?.differences ?? [];

test('the same facts in another order, one by one or in runs, make the same books, now and as known now', async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(step, { minLength: 3, maxLength: 20 }), fc.constantFrom(...METHODS), fc.integer({ min: 1, max: 6 }), fc.infiniteStream(fc.nat()), async (steps, lotMethod, size, keys) => {
      const [plain, other] = [await w.open({ lotMethod }), await w.open({ lotMethod })];
      const [one, two] = [history(steps, plain, false), history(steps, other, false)];
      for (const event of one.events) await door.hear(event);
      const order = new Map(two.events.map((event) => [event, keys.next().value as number]));
      const shuffled = two.events.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
      for (let start = 0; start < shuffled.length; start += size) await door.hear(...shuffled.slice(start, start + size));
      const expected = await shown(plain, one.ids);
      expect(await shown(other, two.ids)).toBe(expected);
      expect(await shown(other, two.ids, `knownAt: "${await nowKnown()}"`)).toBe(expected);
      expect(await verified()).toEqual([]);
    }), { numRuns: RUNS });
}, 240_000);

test('with named lots and a change of method, what is kept is what the facts say, and what was known stays known', async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(step, { minLength: 3, maxLength: 16 }), fc.constantFrom(...METHODS), fc.constantFrom(...METHODS), async (steps, lotMethod, then) => {
      const portfolio = await w.open({ lotMethod });
      const { events, ids } = history(steps, portfolio, true);
      const half = Math.ceil(events.length / 2);
      await door.hear(...events.slice(0, half));
      const before = `knownAt: "${await nowKnown()}"`;
      const known = await shown(portfolio, ids, before);
      await door.hear(heard(portfolioUpdated, portfolio, { portfolioId: portfolio, name: 'Growth', baseCurrency: 'USD', investorId: null, lotMethod: then, benchmarkInstrumentId: null }));
      await door.hear(...events.slice(half));
      expect(await verified()).toEqual([]);
      expect(await shown(portfolio, ids, before)).toBe(known);
      expect(await shown(portfolio, ids, `knownAt: "${await nowKnown()}"`)).toBe(await shown(portfolio, ids));
    }), { numRuns: RUNS });
}, 240_000);

test('a position whose every trade was taken back is nowhere: neither now, nor as it is known now', async () => {
  const portfolio = await w.open({});
  const buy = { on: 3, ends: false, side: 'BUY', quantity: 1, price: 1, day: 1, names: undefined } as const;
  const { events, ids } = history([buy, { ...buy, ends: true }], portfolio, false);
  await door.hear(...events.slice(0, 1));
  const before = `knownAt: "${await nowKnown()}"`;
  await door.hear(...events.slice(1));
  const nothing = JSON.stringify({ positions: [], totals: [], closings: [] });
  expect([await shown(portfolio, ids), await shown(portfolio, ids, `knownAt: "${await nowKnown()}"`)]).toEqual([nothing, nothing]);
  expect(JSON.parse(await shown(portfolio, ids, before)).positions).toMatchObject([{ quantity: '1' }]);
});
