/** What a line says that a trade cost besides its price. Fees of a trade are in its currency; others are refused, or become rows of their own. */
import { type Decimal, decimal, minorUnits, sum, text } from '@pms/money';
import type { ImportFee, ImportKind } from '../domain/import-row.ts';
import type { LineAt } from './row.ts';

interface Priced {
  readonly kind: ImportKind;
  readonly quantity: Decimal;
  readonly price: Decimal;
  readonly currency: string;
}

export interface Fees {
  readonly own: readonly ImportFee[];
  /** In other currencies than the trade's. */
  readonly foreign: readonly ImportFee[];
}

export function feesOf(at: LineAt, trade: Priced): Fees {
  const { reader, cells, faults } = at;
  const own: ImportFee[] = [];
  const foreign: ImportFee[] = [];
  for (const { amount, currency, rule } of reader.fees) {
    const cell = amount(cells);
    const read = faults.number(cell, 'fees');
    if (read === null || decimal(read).isZero()) continue;
    const cost = costOf(decimal(read), rule.sign);
    const named = currency?.(cells) ?? null;
    const quoted = named === null || named.text === '' ? { currency: trade.currency, hundredths: false } : faults.currency(named, 'fees');
    if (cost === null) faults.add(cell.column, `a fee of ${text(decimal(read))}: a rebate is not booked with a trade`);
    else if (quoted === null) continue;
    else if (quoted.currency === trade.currency) own.push({ kind: rule.kind, amount: text(quoted.hundredths ? cost.times('0.01') : cost), currency: quoted.currency });
    else if (reader.mapping.foreignFees === 'REFUSE') faults.add(named?.column ?? cell.column, `a fee in ${quoted.currency}, and the trade is in ${trade.currency}: fees of a trade are in its currency`);
    else foreign.push({ kind: rule.kind, amount: text(quoted.hundredths ? cost.times('0.01') : cost), currency: quoted.currency });
  }
  return { own: reader.table.feeIsRestOfAmount ? [...own, ...restOf(at, trade, own)] : own, foreign };
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
