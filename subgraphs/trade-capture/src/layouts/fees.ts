/** What a line says that a trade cost besides its price. Fees in another currency than the trade's stay with it, become rows of their own, or are refused, as the mapping says. */
import { type Decimal, decimal, minorUnits, sum, text } from '@pms/money';
import { inCurrency } from '@pms/money/quote-unit';
import type { ImportFee, ImportKind } from '../domain/import-row.ts';
import type { LineAt, Reader } from './line-at.ts';

interface Priced {
  readonly kind: ImportKind;
  readonly quantity: Decimal;
  readonly price: Decimal;
  readonly currency: string;
}

export interface Fees {
  /** Those that stay with the trade. */
  readonly own: readonly ImportFee[];
  /** In other currencies than the trade's, to be booked by themselves. */
  readonly foreign: readonly ImportFee[];
}

export function feesOf(at: LineAt, trade: Priced): Fees {
  const { reader } = at;
  const found = reader.fees.flatMap((column) => feeOf(at, column, trade.currency) ?? []);
  const own = found.filter(({ currency }) => currency === trade.currency);
  const foreign = found.filter(({ currency }) => currency !== trade.currency);
  const ofTrade = reader.table.feeIsRestOfAmount ? [...own, ...restOf(at, trade, own)] : own;
  return reader.mapping.foreignFees === 'SEPARATE' ? { own: ofTrade, foreign } : { own: [...ofTrade, ...foreign], foreign: [] };
}

function feeOf({ reader, cells, faults }: LineAt, { amount, currency, rule }: Reader['fees'][number], traded: string): ImportFee | null {
  const cell = amount(cells);
  const read = faults.number(cell, 'fees');
  if (read === null || decimal(read).isZero()) return null;
  const named = currency?.(cells) ?? cell;
  const quoted = named === cell || named.text === '' ? { currency: traded, unit: null } : faults.currency(named, 'fees');
  const cost = costOf(decimal(read), rule.sign);
  if (cost === null) return faults.add(cell.column, `a fee of ${read}: a rebate is not booked with a trade`);
  if (quoted === null) return null;
  if (quoted.currency !== traded && reader.mapping.foreignFees === 'REFUSE')
    return faults.add(named.column, `a fee in ${quoted.currency}, and the trade is in ${traded}: the layout refuses that`);
  return { kind: rule.kind, amount: text(inCurrency(cost, quoted.unit)), currency: quoted.currency };
}

function costOf(amount: Decimal, sign: 'POSITIVE' | 'NEGATIVE' | 'ANY'): Decimal | null {
  if (sign === 'ANY') return amount.abs();
  return amount.isNegative() === (sign === 'NEGATIVE') ? amount.abs() : null;
}

/** A purchase's amount is what it took, a sale's what it brought. */
function restOf({ cell, faults }: LineAt, { kind, quantity, price, currency }: Priced, own: readonly ImportFee[]): ImportFee[] {
  const amount = cell('amount');
  const figure = faults.number(amount, 'amount');
  const other = cell('amountCurrency');
  if (figure === null || (other !== null && other.text !== '' && other.text !== currency)) return [];
  const gross = quantity.times(price);
  const net = decimal(figure).abs();
  const rest = (kind === 'BUY' ? net.minus(gross) : gross.minus(net)).minus(sum(own.map((fee) => decimal(fee.amount)))).toDecimalPlaces(minorUnits(currency));
  if (rest.isZero()) return [];
  if (rest.isPositive()) return [{ kind: 'COMMISSION', amount: text(rest), currency }];
  faults.add(amount?.column ?? 'amount', `${text(net)} ${currency} do not cover ${text(quantity)} at ${text(price)}`);
  return [];
}
