/** The lines of one account with the balance after each, by currency; empty for a portfolio that is unknown or another organisation's. */
import { badInput } from '@pms/errors';
import { type Decimal, type Money, money, ZERO } from '@pms/money';
import { type Connection, connectionOf, type PageArgs, pageOf } from '@pms/subgraph/connection';
import type { TransactionalContext } from '../context.ts';
import { addDays } from '../domain/days.ts';
import type { Account } from '../domain/journal.ts';
import type { LedgerLine, LineFilter, LinePlace } from '../store/ledger-reads.ts';
import { periodOf } from './journal.ts';

export interface LedgerArgs extends PageArgs {
  readonly account: Account;
  readonly currency?: string | null | undefined;
  readonly instrumentId?: string | null | undefined;
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
  readonly knownAt?: string | null | undefined;
}

export interface BalancedLine extends LedgerLine {
  /** Of the line's currency, the line included. */
  readonly balance: Decimal;
}

export interface GeneralLedger extends Connection<BalancedLine> {
  opening(): Promise<readonly Money[]>;
  closing(): Promise<readonly Money[]>;
}

/** Before every line of any day that can be written. */
const FIRST: LinePlace = ['0001-01-01', '0', '0'];
const NEVER: LinePlace = ['infinity', '0', '0'];

export async function generalLedgerOf(ctx: TransactionalContext, portfolioId: string, args: LedgerArgs): Promise<GeneralLedger> {
  const page = pageOf(args);
  if (page.from !== null && !isPlace(page.from)) throw badInput('the cursor is not one that this list gave out');
  const { from, to } = periodOf(args.from, args.to);
  const filter: LineFilter = { account: args.account, currency: args.currency ?? null, instrumentId: args.instrumentId ?? null, from, to, knownAt: args.knownAt ?? null };
  const { organizationId } = ctx.principal;
  const read = await ctx.store.ledgerPage(organizationId, portfolioId, page, filter);
  const before = async (place: LinePlace): Promise<Map<string, Decimal>> => ctx.store.balancesBefore(organizationId, portfolioId, filter, place);
  const moneys = (balances: ReadonlyMap<string, Decimal>): Money[] => [...balances].map(([currency, amount]) => money(amount, currency));
  const lines = page.backward ? read.toReversed() : read;
  const [oldest] = lines;
  const running = oldest === undefined ? new Map<string, Decimal>() : await before(placeOf(oldest));
  const balanced = lines.map((line): BalancedLine => {
    const balance = (running.get(line.currency) ?? ZERO).plus(line.amount);
    running.set(line.currency, balance);
    return { ...line, balance };
  });
  return {
    ...connectionOf(page.backward ? balanced.toReversed() : balanced, page, placeOf),
    opening: async () => moneys(await before(from === null ? FIRST : [from, '0', '0'])),
    closing: async () => moneys(await before(to === null ? NEVER : [addDays(to, 1), '0', '0'])),
  };
}

const placeOf = ({ entry, line }: LedgerLine): LinePlace => [entry.effectiveOn, String(entry.number), String(line)];

const isPlace = (key: readonly string[]): boolean =>
  key.length === 3 && /^\d{4}-\d{2}-\d{2}$/.test(key[0] ?? '') && !Number.isNaN(Date.parse(key[0] ?? '')) && /^\d{1,18}$/.test(key[1] ?? '') && /^\d{1,9}$/.test(key[2] ?? '');
