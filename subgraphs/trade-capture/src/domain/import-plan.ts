/** What an import would do: each row with its outcome, and what all of them together add to positions and cash. */
import type { UserErrorCode } from '@pms/errors';
import { Decimal, decimal, minorUnits, sum, ZERO } from '@pms/money';
import type { ImportKind, ImportRow, RowProblem } from './import-row.ts';
import type { NamedInstrument } from './named-instrument.ts';

/** BOOK: it would be, or would have been had no other row been refused. CASH: to be booked by the mutation that its kind names. */
export type ImportOutcome = 'BOOK' | 'CAPTURED' | 'DUPLICATE' | 'CASH';

export interface PlannedRow {
  readonly row: ImportRow;
  readonly instrument: NamedInstrument | null;
  readonly outcome: ImportOutcome;
  /** Of what was captured, now or before. */
  readonly tradeId: string | null;
}

export interface ImportPlan {
  readonly layout: string | null;
  readonly portfolioId: string;
  readonly dryRun: boolean;
  readonly rows: number;
  readonly bookings: readonly PlannedRow[];
  readonly problems: readonly RowProblem[];
  readonly warnings: readonly RowProblem[];
  readonly leftOut: readonly RowProblem[];
}

/** A plan, or nothing where the call as a whole was refused; and why. */
export interface ImportAnswer {
  readonly plan: ImportPlan | null;
  readonly userErrors: readonly { readonly code: UserErrorCode; readonly message: string; readonly path: readonly string[] }[];
}

/** The mutation that books a kind of cash row. */
export const cashMutations: Readonly<Record<Exclude<ImportKind, 'BUY' | 'SELL'>, string>> = {
  DEPOSIT: 'depositCash', WITHDRAWAL: 'withdrawCash', DIVIDEND: 'bookCashItem', FEE: 'bookCashItem', INTEREST: 'bookCashItem', TAX: 'bookCashItem',
};

/** Signed, as the portfolio's cash of the row's currency sees it; rounded as it is booked. Fees in other currencies: `foreignCosts`. */
export function cashOf({ kind, quantity, price, fees, amount, withheld, currency }: ImportRow): Decimal {
  if (amount !== null) {
    const net = decimal(amount).minus(withheld === null ? ZERO : decimal(withheld));
    return kind === 'WITHDRAWAL' || kind === 'FEE' || kind === 'TAX' ? net.negated() : net;
  }
  const gross = decimal(quantity ?? '0').times(decimal(price ?? '0'));
  const costs = fees.filter((fee) => fee.currency === currency).reduce((total, fee) => total.plus(decimal(fee.amount)), ZERO);
  return (kind === 'BUY' ? gross.negated() : gross).minus(costs).toDecimalPlaces(minorUnits(currency), Decimal.ROUND_HALF_EVEN);
}

/** What fees in other currencies take, by currency, each rounded once as it is booked. */
export function foreignCosts({ fees, currency }: Pick<ImportRow, 'fees' | 'currency'>): { readonly amount: Decimal; readonly currency: string }[] {
  const others = Map.groupBy(fees.filter((fee) => fee.currency !== currency), (fee) => fee.currency);
  return [...others].map(([of, all]) => ({ currency: of, amount: sum(all.map(({ amount }) => decimal(amount))).negated().toDecimalPlaces(minorUnits(of), Decimal.ROUND_HALF_EVEN) }));
}

const isNew = ({ outcome }: PlannedRow): boolean => outcome !== 'DUPLICATE';

/** By currency; zero changes left out. */
export function cashChanges(bookings: readonly PlannedRow[]): { readonly amount: Decimal; readonly currency: string }[] {
  const totals = new Map<string, Decimal>();
  for (const { row } of bookings.filter(isNew))
    for (const { currency, amount } of [{ currency: row.currency, amount: cashOf(row) }, ...foreignCosts(row)]) totals.set(currency, (totals.get(currency) ?? ZERO).plus(amount));
  return [...totals].flatMap(([currency, amount]) => (amount.isZero() ? [] : [{ amount, currency }]));
}

export interface PositionChange {
  readonly instrumentId: string;
  readonly quantity: Decimal;
}

/** By instrument, in the order in which they come. */
export function positionChanges(bookings: readonly PlannedRow[]): PositionChange[] {
  const totals = new Map<string, Decimal>();
  for (const { row, instrument } of bookings.filter(isNew)) {
    if (instrument === null || row.quantity === null) continue;
    const quantity = row.kind === 'BUY' ? decimal(row.quantity) : decimal(row.quantity).negated();
    totals.set(instrument.id, (totals.get(instrument.id) ?? ZERO).plus(quantity));
  }
  return [...totals].map(([instrumentId, quantity]) => ({ instrumentId, quantity }));
}
