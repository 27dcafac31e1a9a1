/** A trade as a FIX message reports it, in FIX's own names of accounts and instruments, and how its parts are read. */
import { type Decimal, toStored } from '@pms/money';
import type { FeeKind, Side } from '../trade.ts';
import { dayIn, entries, first, type FixField, floatIn } from './fields.ts';

export interface ReportedInstrument {
  readonly isin: string | null;
  readonly symbol: string | null;
  /** SecurityID of another source than ISIN. */
  readonly identifier: string | null;
  /** SecurityExchange: a market identifier code. */
  readonly market: string | null;
}

export interface ReportedFee {
  readonly kind: FeeKind;
  readonly amount: Decimal;
  /** As reported; the trade's where it is left out. */
  readonly currency: string | null;
}

export interface Reported {
  readonly account: string | null;
  readonly instrument: ReportedInstrument;
  readonly side: Side;
  readonly quantity: Decimal;
  readonly price: Decimal;
  /** The instrument's where it is left out; perhaps a quote unit, such as GBX. */
  readonly currency: string | null;
  readonly tradeDate: string;
  readonly fees: readonly ReportedFee[];
}

export type Instruction =
  | { readonly kind: 'CAPTURE'; readonly execId: string; readonly trade: Reported }
  | { readonly kind: 'CORRECT'; readonly execId: string; readonly refId: string; readonly trade: Reported }
  | { readonly kind: 'CANCEL'; readonly execId: string; readonly refId: string };

/** What a message asks for; nothing, and why; or what of it cannot be read. `execId` is its own name, where it has one. */
export type Reading = { readonly execId: string | null } & (
  | { readonly instructions: readonly Instruction[] } | { readonly ignored: string } | { readonly problem: string });

const SIDES: ReadonlyMap<string | null, Side> = new Map([['1', 'BUY'], ['3', 'BUY'], ['2', 'SELL'], ['4', 'SELL'], ['5', 'SELL'], ['6', 'SELL']]);
const MISC_FEES: ReadonlyMap<string | null, FeeKind> = new Map([['1', 'REGULATORY_FEE'], ['2', 'TAX'], ['4', 'EXCHANGE_FEE'], ['5', 'TAX'], ['6', 'TAX']]);
const ISIN_SOURCE = '4';

/** `own` are the fields of the side that is meant, `all` those of the message. */
export function reportedIn(own: readonly FixField[], all: readonly FixField[]): Reported | { readonly problem: string } {
  const side = SIDES.get(first(own, 54));
  const quantity = floatIn(first(all, 32));
  const price = floatIn(first(all, 31));
  const tradeDate = dayIn(first(all, 75) ?? first(all, 60));
  if (side === undefined) return { problem: `Side (54) is ${JSON.stringify(first(own, 54))}: neither a purchase nor a sale` };
  if (quantity === null || !quantity.greaterThan(0)) return { problem: 'LastQty (32) is missing, or not more than zero' };
  if (price === null || !price.greaterThan(0)) return { problem: 'LastPx (31) is missing, or not more than zero' };
  if (tradeDate === null) return { problem: 'neither TradeDate (75) nor TransactTime (60) is a day' };
  const fees = feesIn(own, { quantity, price });
  if ('problem' in fees) return fees;
  return { account: first(own, 1) ?? first(all, 1), instrument: instrumentIn(all), side, quantity, price, currency: first(own, 15) ?? first(all, 15), tradeDate, fees: fees.fees };
}

function instrumentIn(fields: readonly FixField[]): ReportedInstrument {
  const id = first(fields, 48);
  const isIsin = first(fields, 22) === ISIN_SOURCE;
  const symbol = first(fields, 55);
  // "[N/A]" stands where only the identifier counts
  return { isin: isIsin ? id : null, identifier: isIsin ? null : id, symbol: symbol === '[N/A]' ? null : symbol, market: first(fields, 207) };
}

/** Commission (12) by its type (13): per unit, per cent of the amount, or absolute; and the group of miscellaneous fees. */
function feesIn(fields: readonly FixField[], { quantity, price }: { readonly quantity: Decimal; readonly price: Decimal }): { readonly fees: ReportedFee[] } | { readonly problem: string } {
  const fees: ReportedFee[] = [];
  const commission = first(fields, 12);
  if (commission !== null) {
    const given = floatIn(commission);
    const amount = given === null ? null : commissionOf(given, first(fields, 13) ?? '3', { quantity, price });
    if (amount === null) return { problem: 'Commission (12) or its type (13) cannot be read' };
    fees.push({ kind: 'COMMISSION', amount, currency: first(fields, 479) });
  }
  for (const entry of entries(fields, 136, 137)) {
    const amount = floatIn(first(entry, 137));
    if (amount === null) return { problem: 'MiscFeeAmt (137) is no number' };
    fees.push({ kind: MISC_FEES.get(first(entry, 139)) ?? 'OTHER', amount, currency: first(entry, 138) });
  }
  return { fees: fees.filter(({ amount }) => !amount.isZero()) };
}

function commissionOf(given: Decimal, type: string, { quantity, price }: { readonly quantity: Decimal; readonly price: Decimal }): Decimal | null {
  switch (type) {
    case '1': return toStored(given.times(quantity));
    case '2': return toStored(given.times(quantity).times(price).div(100));
    case '3': return given;
    default: return null;
  }
}
