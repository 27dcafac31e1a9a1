/** Whatever is delivered again, in whatever runs, and whenever the books answer: the decisions are the same. */
import type { Event } from '@pms/events/envelope';
import { decimal, text } from '@pms/money';
import { type FrontDoor, frontDoor } from '@pms/testing/front-door';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { validationSubgraph } from '../src/subgraph.ts';
import { amended, booked, cancelled, captured, cash, instrument, portfolio, projected, trade } from './world.ts';

const RUNS = 15;
let door: FrontDoor;
beforeAll(async () => {
  door = await frontDoor(validationSubgraph);
  await door.hear(instrument('ins_acme'), instrument('ins_other'));
});
afterAll(() => door.close());

type Step =
  | { readonly kind: 'deposit'; readonly amount: number }
  | { readonly kind: 'capture'; readonly side: 'BUY' | 'SELL'; readonly quantity: number; readonly instrumentId: string }
  | { readonly kind: 'amend'; readonly which: number; readonly quantity: number }
  | { readonly kind: 'cancel'; readonly which: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('deposit' as const), amount: fc.integer({ min: -300, max: 800 }) }) },
  { weight: 5, arbitrary: fc.record({
    kind: fc.constant('capture' as const), side: fc.constantFrom('BUY' as const, 'SELL' as const), quantity: fc.integer({ min: 1, max: 9 }), instrumentId: fc.constantFrom('ins_acme', 'ins_other') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('amend' as const), which: fc.nat(20), quantity: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(20) }) },
);

let worlds = 0;

/** The events of a history in a portfolio of its own; trades are told apart by their place. */
function history(steps: readonly Step[]): { portfolioId: string; events: Event[]; placeOf: Map<string, number> } {
  const portfolioId = `prt_w${(worlds += 1)}`;
  const trades: { facts: ReturnType<typeof trade>; over: boolean }[] = [];
  const events = [portfolio(portfolioId)];
  const pick = (which: number) => trades.filter(({ over }) => !over)[which % Math.max(trades.length, 1)];
  for (const one of steps) {
    if (one.kind === 'deposit') events.push(cash(portfolioId, String(one.amount), { kind: one.amount < 0 ? 'WITHDRAWAL' : 'DEPOSIT' }));
    if (one.kind === 'capture') {
      const facts = trade({ portfolioId, side: one.side, quantity: String(one.quantity), instrumentId: one.instrumentId, price: '33.33' });
      trades.push({ facts, over: false });
      events.push(captured(facts));
    }
    const picked = one.kind === 'amend' || one.kind === 'cancel' ? pick(one.which) : undefined;
    if (picked === undefined) continue;
    const facts = { ...picked.facts, version: picked.facts.version + 1 };
    if (one.kind === 'cancel') { picked.over = true; events.push(cancelled(picked.facts)); }
    if (one.kind === 'amend') { picked.facts = { ...facts, quantity: String(one.quantity) }; events.push(amended(picked.facts, facts.version - 1)); }
  }
  return { portfolioId, events, placeOf: new Map(trades.map(({ facts }, place) => [facts.tradeId, place])) };
}

async function told(portfolioId: string, placeOf: ReadonlyMap<string, number>): Promise<string[]> {
  return (await door.told()).filter(({ key }) => key === portfolioId).map(({ type, data }) => {
    const { tradeId, version, replaces } = data as { tradeId: string; version: number; replaces?: number | null };
    return `${type} ${placeOf.get(tradeId)} ${version} ${replaces ?? ''}`;
  });
}

/** Bookings of all versions validated so far, as the books would answer. */
async function bookings(portfolioId: string): Promise<Event[]> {
  return (await door.told()).filter(({ key, type }) => key === portfolioId && type.includes('validated')).map(({ data }) => {
    const facts = data as ReturnType<typeof trade>;
    const gross = decimal(facts.quantity).times(facts.price);
    return booked(facts, text(facts.side === 'BUY' ? gross.negated() : gross));
  });
}

/** Each time something is heard again, all of it may be: `again` says how often, `size` in what runs. */
async function deliver(events: readonly Event[], portfolioId: string, again: readonly number[], size: number): Promise<void> {
  const answered = new Set<string>();
  for (let start = 0, round = 0; start < events.length; start += size, round += 1) {
    await door.hear(...events.slice(start, start + size));
    const choice = again[round % again.length] ?? 0;
    if (choice > 0) await door.hear(...events.slice(0, start + size).filter((_, index) => (index * 7 + choice) % 3 === 0).toReversed());
    if (choice % 2 === 1) {
      const fresh = (await bookings(portfolioId)).filter(({ data }) => !answered.has(JSON.stringify([(data as { tradeId: string }).tradeId, (data as { version: number }).version])));
      for (const { data } of fresh) answered.add(JSON.stringify([(data as { tradeId: string }).tradeId, (data as { version: number }).version]));
      await door.hear(...fresh, ...fresh);
    }
  }
}

test('redelivery, other runs and bookings at any time give the same decisions and the same books', async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(step, { minLength: 1, maxLength: 25 }), fc.array(fc.nat(4), { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 12 }),
    async (steps, again, size) => {
      const plain = history(steps);
      for (const event of plain.events) await door.hear(event);
      const disturbed = history(steps);
      await deliver(disturbed.events, disturbed.portfolioId, again, size);
      expect(await told(disturbed.portfolioId, disturbed.placeOf)).toEqual(await told(plain.portfolioId, plain.placeOf));
      expect(await projected(door, disturbed.portfolioId)).toEqual(await projected(door, plain.portfolioId));
    }), { numRuns: RUNS });
}, 120_000);

test('what was allowed is always covered: cash and holdings are what came in and what stands, and purchases never overdraw', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step.filter(({ kind }) => kind === 'deposit' || kind === 'capture'), { minLength: 1, maxLength: 25 }), async (steps) => {
    const { portfolioId, events } = history(steps.map((one) => (one.kind === 'deposit' ? { ...one, amount: Math.abs(one.amount) } : one)));
    await door.hear(...events);
    const { cash: left, held } = await projected(door, portfolioId);
    expect(decimal(left).isNegative()).toBe(false);
    expect(Object.values(held).some((quantity) => decimal(quantity).isNegative())).toBe(false);
  }), { numRuns: RUNS });
}, 120_000);
