/** On Postgres: the same trades and corporate actions in any order of arrival lead to the same books, which a rebuild finds right, and what was known stays known. */
import type { Event } from '@pms/events/envelope';
import { type FrontDoor, frontDoor } from '@pms/testing/front-door';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { amended, announced, booksOf, newInstrument, process, withdrawn } from './actions-world.ts';
import { cancelled, nowKnown, tradeIdOf, validated, type World, world } from './world.ts';

let door: FrontDoor;
let w: World;
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph);
  w = await world(door);
});
afterAll(() => door.close());

const TODAY = '2026-11-26';
const RUNS = 12;
/** For a machine with much else to do. */
const RUNS_MAX_MS = 240_000;
const day = fc.integer({ min: 2, max: 12 }).map((n) => `2026-11-${String(n).padStart(2, '0')}`);

interface Story {
  readonly trades: readonly { readonly on: number; readonly tradeDate: string; readonly side: 'BUY' | 'SELL'; readonly quantity: string; readonly price: string; readonly end: 'STANDS' | 'AMENDED' | 'CANCELLED' }[];
  readonly actions: readonly { readonly kind: 'CASH_DIVIDEND' | 'SPLIT' | 'SPIN_OFF' | 'RETURN_OF_CAPITAL'; readonly exDate: string; readonly end: 'STANDS' | 'AMENDED' | 'CANCELLED' }[];
}

const ends = fc.constantFrom('STANDS' as const, 'STANDS' as const, 'AMENDED' as const, 'CANCELLED' as const);
const stories: fc.Arbitrary<Story> = fc.record({
  trades: fc.array(fc.record({
    on: fc.integer({ min: 0, max: 1 }), tradeDate: day, side: fc.constantFrom('BUY' as const, 'SELL' as const), quantity: fc.integer({ min: 1, max: 90 }).map(String),
    price: fc.integer({ min: 1, max: 900 }).map((n) => (n / 10).toFixed(1)), end: ends,
  }), { minLength: 2, maxLength: 5 }),
  actions: fc.array(fc.record({ kind: fc.constantFrom('CASH_DIVIDEND' as const, 'SPLIT' as const, 'SPIN_OFF' as const, 'RETURN_OF_CAPITAL' as const), exDate: day, end: ends }), { minLength: 1, maxLength: 3 }),
});

const TERMS = {
  CASH_DIVIDEND: { cashPerShare: '0.37', withholdingRate: '0.15', payDate: '2026-11-20' }, SPLIT: { newShares: '3', oldShares: '2', cashInLieuPrice: '41.5' },
  RETURN_OF_CAPITAL: { cashPerShare: '7.13' }, SPIN_OFF: { newShares: '1', oldShares: '3', basisShare: '0.217' },
};

/** What happens to one thing, in its own order; things may mix in any. */
type Thread = readonly Event[];

function threadsOf({ trades, actions }: Story, portfolio: string, instruments: readonly [string, string]): Thread[] {
  const captured = (at: number): string => new Date(Date.parse('2026-11-02T15:00:00Z') + at * 1_000).toISOString();
  return [
    ...trades.map(({ on, end, ...trade }, at): Thread => {
      const instrumentId = instruments[on] as string;
      const first = validated(portfolio, instrumentId, { ...trade, capturedAt: captured(at) });
      if (end === 'CANCELLED') return [first, cancelled(portfolio, instrumentId, tradeIdOf(first))];
      return end === 'STANDS' ? [first] : [first, validated(portfolio, instrumentId, { ...trade, quantity: '17', capturedAt: captured(at), tradeId: tradeIdOf(first), version: 2, replaces: 1 })];
    }),
    ...actions.map(({ kind, exDate, end }): Thread => {
      const first = announced({ kind, instrumentId: instruments[0], exDate, ...TERMS[kind], ...(kind === 'SPIN_OFF' && { newInstrumentId: instruments[1] }) });
      if (end === 'CANCELLED') return [first, withdrawn(first.data)];
      return end === 'STANDS' ? [first] : [first, amended(first.data, { exDate: '2026-11-07' })];
    }),
  ];
}

/** Takes threads' next events in the order that `picks` say, and processes actions now and then. */
async function tell(threads: readonly Thread[], picks: readonly number[]): Promise<void> {
  const waiting = threads.map((thread) => [...thread]).filter((thread) => thread.length > 0);
  for (let at = 0; waiting.length > 0; at++) {
    const pick = picks[at % picks.length] ?? 0;
    const thread = waiting[pick % waiting.length] as Event[];
    await door.hear(thread.shift() as Event);
    if (thread.length === 0) waiting.splice(waiting.indexOf(thread), 1);
    if (pick % 3 === 0) await process(door, TODAY);
  }
  await process(door, TODAY);
}

/** Was found once: actions that nobody is entitled to any more were the last movement of a position that nothing had moved. */
const allTakenBack: [Story, number[], number[]] = [{
  trades: [
    { on: 0, tradeDate: '2026-11-02', side: 'SELL', quantity: '5', price: '10.9', end: 'CANCELLED' }, { on: 1, tradeDate: '2026-11-10', side: 'SELL', quantity: '37', price: '0.4', end: 'CANCELLED' },
    { on: 1, tradeDate: '2026-11-10', side: 'SELL', quantity: '78', price: '4.2', end: 'CANCELLED' },
  ],
  actions: [{ kind: 'SPLIT', exDate: '2026-11-02', end: 'CANCELLED' }, { kind: 'SPLIT', exDate: '2026-11-02', end: 'STANDS' }, { kind: 'SPIN_OFF', exDate: '2026-11-07', end: 'CANCELLED' }],
}, [28, 65, 34, 59, 78, 90, 43], [9, 0, 97, 5, 16, 47, 46, 8, 87, 44, 74, 23, 79]];

test('any order of arrival leads to the same books, which are what their facts say, and what was known stays', async () => {
  await fc.assert(fc.asyncProperty(stories, fc.array(fc.nat(99), { minLength: 5, maxLength: 20 }), fc.array(fc.nat(99), { minLength: 5, maxLength: 20 }), async (story, one, other) => {
    const told = [];
    for (const picks of [one, other]) {
      const instruments = [await newInstrument(door, 'A'), await newInstrument(door, 'B')] as const;
      const portfolio = await w.open();
      const threads = threadsOf(story, portfolio, instruments);
      await tell(threads.map((thread) => thread.slice(0, 1)), picks);
      const [known, before] = [await nowKnown(), await w.cash(portfolio)];
      await tell(threads.map((thread) => thread.slice(1)), picks);
      expect((await w.cash(portfolio, `(knownAt: "${known}")`)) ?? null).toEqual(before ?? null);
      const { positions, cash } = await booksOf(door, portfolio);
      told.push({ positions: instruments.map((id) => positions.get(id) ?? { quantity: '0', cost: '0', gain: '0', lots: [] }), balance: cash?.['balance'], settled: cash?.['settled'] });
    }
    expect(told[1]).toEqual(told[0]);
    expect((await door.subgraph.rebuild?.({ verify: true }))?.differences).toEqual([]);
  }), { numRuns: RUNS, examples: [allTakenBack] });
}, RUNS_MAX_MS);
