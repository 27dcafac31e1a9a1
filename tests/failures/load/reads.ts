/** Readings of cash, names and versions, remembered with when they were asked and answered. A reading without an answer says nothing and is not kept. */
import type { Random } from '../support/random.ts';
import type { Asking } from './asking.ts';
import { CASH, NAME, VERSIONS } from './documents.ts';
import type { Read, Register } from './recorded.ts';
import type { Own } from './own.ts';

export interface Reading {
  readonly asking: Asking;
  readonly by: string;
  keep(read: Read): void;
  /** Told of an object that was acknowledged and is not there. */
  missing(register: Register, object: string): void;
}

interface CashAnswer { readonly portfolio: { readonly cash: readonly { readonly balance: { readonly amount: string } }[] } | null }
interface NameAnswer { readonly portfolio: { readonly name: string } | null }
interface VersionsAnswer { readonly trade: { readonly history: readonly { readonly kind: string; readonly quantity: string }[] } | null }

const LAST_TRADES_MAX = 100;

/** Everything of one client once more, when all is over: what stands then is judged like any other reading. */
export async function readAll(reading: Reading, own: Own): Promise<void> {
  await read(reading, 'cash', own.savings);
  await read(reading, 'name', own.renamed);
  const changed = own.trades.filter(({ amendments, cancelled }) => amendments > 0 || cancelled);
  for (const { id } of [...changed, ...own.trades].slice(0, LAST_TRADES_MAX)) await read(reading, 'versions', id);
}

export async function readOne(reading: Reading, random: Random, own: Own): Promise<void> {
  const register = random.pick<Register>(['cash', 'name', 'versions']);
  const recent = own.trades[own.trades.length - 1 - Math.floor(random.next() ** 2 * own.trades.length)];
  const object = register === 'cash' ? own.savings : register === 'name' ? own.renamed : recent?.id;
  if (object !== undefined) await read(reading, register, object);
}

async function read(reading: Reading, register: Register, object: string): Promise<void> {
  const invokedAt = performance.now();
  const value = await valueOf(reading, register, object);
  if (value !== null) reading.keep({ register, by: reading.by, object, value, invokedAt, completedAt: performance.now() });
}

async function valueOf(reading: Reading, register: Register, id: string): Promise<Read['value'] | null> {
  const { asking } = reading;
  switch (register) {
    case 'cash': {
      const answer = await asking.ask<CashAnswer>(CASH, { id });
      return answer.end === 'answered' && answer.data.portfolio !== null ? centsOf(answer.data.portfolio) : gone(reading, register, id, answer);
    }
    case 'name': {
      const answer = await asking.ask<NameAnswer>(NAME, { id });
      return answer.end === 'answered' && answer.data.portfolio !== null ? numberIn(answer.data.portfolio) : gone(reading, register, id, answer);
    }
    case 'versions': {
      const answer = await asking.ask<VersionsAnswer>(VERSIONS, { id });
      return answer.end === 'answered' && answer.data.trade !== null ? quantitiesOf(answer.data.trade) : gone(reading, register, id, answer);
    }
  }
}

const centsOf = ({ cash }: NonNullable<CashAnswer['portfolio']>): number => Math.round(Number(cash[0]?.balance.amount ?? '0') * 100);
const numberIn = ({ name }: NonNullable<NameAnswer['portfolio']>): number => Number(/^Name (\d+)$/.exec(name)?.[1] ?? '0');
const quantitiesOf = ({ history }: NonNullable<VersionsAnswer['trade']>): number[] => history.map(({ kind, quantity }) => (kind === 'CANCELLATION' ? 0 : Number(quantity)));

/** Only objects that were acknowledged are read: that one is not found is a violation, no answer is none. */
function gone({ missing }: Reading, register: Register, object: string, answer: { readonly end: string; readonly code?: string }): null {
  if (answer.end === 'answered' || answer.code === 'NOT_FOUND') missing(register, object);
  return null;
}
