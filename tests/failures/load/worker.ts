/**
 * One client of the load. What it does at its n-th step depends on the seed, its name and n alone; on whom it does it, on what it has made by then.
 * It changes only what is its own, so that of two values it is known which came first.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../support/random.ts';
import { captureMany, mutate, type Recording, type Wanted } from './mutations.ts';
import type { Own, OwnTrade } from './own.ts';
import { readOne, type Reading } from './reads.ts';

const PAUSE_MS_MAX = 150;
const BULK_MAX = 40;

type Step = 'capture' | 'bulk' | 'amend' | 'cancel' | 'deposit' | 'rename' | 'open' | 'wrong' | 'again' | 'read';

const STEPS: readonly (readonly [Step, number])[] = [
  ['capture', 26], ['bulk', 8], ['amend', 14], ['cancel', 5], ['deposit', 16], ['rename', 8], ['open', 3], ['wrong', 6], ['again', 4], ['read', 12],
];

export interface Working {
  readonly recording: Recording;
  readonly reading: Reading;
  readonly random: Random;
  readonly own: Own;
  stopped(): boolean;
}

export async function work(working: Working): Promise<number> {
  let step = 0;
  for (; !working.stopped(); step += 1) {
    const random = working.random.fork(String(step));
    await take(working, random.weighed(STEPS), random, step);
    await delay(random.whole(0, PAUSE_MS_MAX));
  }
  return step;
}

async function take(working: Working, step: Step, random: Random, number: number): Promise<void> {
  const { recording, own } = working;
  const key = `${own.name}-${String(number)}`;
  switch (step) {
    case 'capture': return capture(working, random, key);
    case 'bulk': return bulk(working, random, key);
    case 'amend': return amend(working, random, key);
    case 'cancel': return cancel(working, random, key);
    case 'deposit': {
      const cents = random.whole(1, 1_000_000);
      await deposit(recording, own, key, cents);
      return;
    }
    case 'rename': {
      own.names += 1;
      await mutate(recording, { kind: 'rename', key, object: own.renamed, value: own.names }, { portfolioId: own.renamed, name: `Name ${String(own.names)}` });
      return;
    }
    case 'open':
      await mutate(recording, { kind: 'createPortfolio', key, object: '', value: 0 }, { name: `Chaos ${key}`, baseCurrency: 'USD', idempotencyKey: key });
      return;
    case 'wrong': return wrong(working, random, key);
    case 'again': {
      // the same deposit twice, each insisting: it is paid in once
      const cents = random.whole(1, 1_000);
      await Promise.all([deposit(recording, own, key, cents), deposit({ ...recording, keep: () => undefined }, own, key, cents)]);
      return;
    }
    case 'read': return readOne(working.reading, random, own);
  }
}

const amountOf = (cents: number): { amount: string; currency: string } => ({ amount: (cents / 100).toFixed(2), currency: 'USD' });

const deposit = (recording: Recording, { savings, day }: Own, key: string, cents: number): Promise<string | null> =>
  mutate(recording, { kind: 'deposit', key, object: savings, value: cents }, { portfolioId: savings, amount: amountOf(cents), effectiveDate: day, idempotencyKey: key });

/** Purchases only: what is held is the sum of what was bought. */
function trade(own: Own, random: Random, key: string): { wanted: Wanted; input: Readonly<Record<string, unknown>> } {
  const quantity = random.whole(1, 90);
  return {
    wanted: { kind: 'capture', key, object: '', value: quantity },
    input: {
      portfolioId: own.trading, instrumentId: own.instrumentId, side: 'BUY', quantity: String(quantity), price: (98 + random.whole(0, 400) / 100).toFixed(2), currency: 'USD', tradeDate: own.day,
      externalId: key, fees: [{ kind: 'COMMISSION', amount: amountOf(35) }],
    },
  };
}

async function capture({ recording, own }: Working, random: Random, key: string): Promise<void> {
  const { wanted, input } = trade(own, random, key);
  const id = await mutate(recording, wanted, input);
  if (id !== null) own.trades.push({ id, quantity: wanted.value, amendments: 0, cancelled: false });
}

async function bulk({ recording, own }: Working, random: Random, key: string): Promise<void> {
  const rows = Array.from({ length: random.whole(2, BULK_MAX) }, (_, at) => trade(own, random, `${key}.${String(at)}`));
  const ids = await captureMany(recording, rows.map(({ wanted }) => wanted), rows.map(({ input }) => input));
  for (const [at, id] of ids.entries()) if (id !== null) own.trades.push({ id, quantity: rows[at]?.wanted.value ?? 0, amendments: 0, cancelled: false });
}

const chosen = ({ trades }: Own, random: Random): OwnTrade | undefined => {
  const open = trades.filter(({ cancelled }) => !cancelled);
  return open[Math.floor(random.next() * open.length)];
};

/** No two versions of a trade have the same quantity, so that a version is known by it. */
async function amend({ recording, own }: Working, random: Random, key: string): Promise<void> {
  const changed = chosen(own, random);
  if (changed === undefined) return;
  changed.amendments += 1;
  const quantity = changed.quantity + 100 * changed.amendments;
  await mutate(recording, { kind: 'amend', key, object: changed.id, value: quantity }, { tradeId: changed.id, quantity: String(quantity), reason: 'the load amends', idempotencyKey: key });
}

async function cancel({ recording, own }: Working, random: Random, key: string): Promise<void> {
  const ended = chosen(own, random);
  if (ended === undefined) return;
  ended.cancelled = true;
  await mutate(recording, { kind: 'cancel', key, object: ended.id, value: 0 }, { tradeId: ended.id, reason: 'the load cancels', idempotencyKey: key });
}

/** What has to be refused, and must leave nothing behind. */
async function wrong({ recording, own }: Working, random: Random, key: string): Promise<void> {
  const { wanted, input } = trade(own, random, key);
  const portfolioId = own.savings;
  switch (random.whole(0, 4)) {
    case 0: return void (await mutate(recording, { ...wanted, wrong: true }, { ...input, quantity: '-1' }));
    case 1: return void (await mutate(recording, { ...wanted, wrong: true }, { ...input, instrumentId: 'ins_00000000000000000000000000' }));
    case 2: return void (await mutate(recording, { kind: 'deposit', key, object: portfolioId, value: 0, wrong: true }, { portfolioId, amount: amountOf(0), effectiveDate: own.day, idempotencyKey: key }));
    case 3: return void (await mutate(recording, { kind: 'withdraw', key, object: portfolioId, value: 0, wrong: true }, { portfolioId, amount: amountOf(900_000_000_000), effectiveDate: own.day, idempotencyKey: key }));
    default: return void (await mutate(recording, { kind: 'createPortfolio', key, object: '', value: 0, wrong: true }, { name: '', baseCurrency: 'USD', idempotencyKey: key }));
  }
}
