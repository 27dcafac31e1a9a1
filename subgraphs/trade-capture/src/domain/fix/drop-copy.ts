/** A message of a drop copy on its way into trades, and how names of a session lead to portfolios and instruments. */
import { type QuoteUnit, asQuoted, inCurrency, quoteUnitNamed, quoteUnits } from '@pms/money/quote-unit';
import { Refusal } from '@pms/errors';
import { text } from '@pms/money';
import type { TermsInput } from '../terms.ts';
import { executionReport } from './execution-report.ts';
import { fieldsIn } from './fields.ts';
import type { Reading, Reported, ReportedInstrument } from './reported.ts';
import { tradeCaptureReport } from './trade-capture-report.ts';

export type FixOutcome = 'RECEIVED' | 'CAPTURED' | 'DUPLICATE' | 'AMENDED' | 'CANCELLED' | 'PARKED' | 'IGNORED';

/** What a session calls portfolios and instruments. The account "*" stands for all that are not named. */
export interface FixMapping {
  readonly accounts: ReadonlyMap<string, string>;
  readonly instruments: ReadonlyMap<string, string>;
}

export interface NamedInstrument {
  readonly id: string;
  readonly symbol: string | null;
  readonly isin: string | null;
  readonly mic: string | null;
  readonly currency: string;
  readonly quoteUnit: QuoteUnit | null;
}

export function readingOf(type: string, raw: string, { accounts }: FixMapping): Reading {
  const fields = fieldsIn(raw);
  if (type === '8') return executionReport(fields);
  if (type === 'AE') return tradeCaptureReport(fields, (account) => accounts.has(account ?? ''));
  return { execId: null, ignored: `messages of type ${type} report no trade` };
}

export const externalIdOf = (session: string, execId: string): string => `fix:${session}:${execId}`;

export function portfolioOf({ account }: Reported, { accounts }: FixMapping): string {
  const portfolioId = accounts.get(account ?? '') ?? accounts.get('*');
  if (portfolioId === undefined) throw new Refusal('NOT_FOUND', `Account (1) ${JSON.stringify(account)} is mapped to no portfolio`, ['account']);
  return portfolioId;
}

/** By the mapping, by ISIN, by symbol; of several listings the one on the market that is named, else the one in the currency of the trade. */
export function instrumentOf({ instrument, currency }: Reported, { instruments }: FixMapping, known: readonly NamedInstrument[]): NamedInstrument {
  const names = [instrument.identifier, instrument.isin, instrument.symbol].filter((name) => name !== null);
  const mapped = names.map((name) => instruments.get(name)).find((id) => id !== undefined);
  const byId = known.find(({ id }) => id === mapped);
  if (byId !== undefined) return byId;
  if (mapped !== undefined) throw new Refusal('NOT_FOUND', `there is no instrument ${mapped}, to which the session maps ${names.join(', ')}`, ['instrument']);
  const alike = likely(instrument, known);
  const there = alike.filter(({ mic }) => instrument.market !== null && mic === instrument.market);
  const inIt = alike.filter((one) => one.currency === currencyOf(currency ?? ''));
  const [only, another] = [there, inIt, alike].find(({ length }) => length === 1) ?? alike;
  if (only === undefined) throw new Refusal('NOT_FOUND', `no instrument is known by ${names.join(', ') || 'what the message names'}`, ['instrument']);
  if (another !== undefined) throw new Refusal('CONFLICT', `several instruments are known by ${names.join(', ')}: map it to one`, ['instrument']);
  return only;
}

function likely({ isin, symbol }: ReportedInstrument, known: readonly NamedInstrument[]): readonly NamedInstrument[] {
  const byIsin = isin === null ? [] : known.filter((one) => one.isin === isin);
  // one that has another ISIN is another one, whatever its symbol
  return byIsin.length > 0 ? byIsin : known.filter((one) => symbol !== null && one.symbol === symbol && (isin === null || one.isin === null));
}

function currencyOf(code: string): string {
  const unit = quoteUnitNamed(code);
  return unit === null ? code : quoteUnits[unit].currency;
}

/** Prices may come in a quote unit or in its currency; they are captured as the instrument is quoted, fees in the currency. */
export function termsOfReport({ currency: given, side, quantity, price, tradeDate, fees }: Reported, { id, currency, quoteUnit }: NamedInstrument): TermsInput {
  const code = given ?? (quoteUnit ?? currency);
  const unit = quoteUnitNamed(code);
  return {
    instrumentId: id, side, quantity: text(quantity), price: text(unit === quoteUnit ? price : asQuoted(inCurrency(price, unit), quoteUnit)), currency: currencyOf(code), tradeDate,
    fees: fees.map((fee) => ({
      kind: fee.kind, amount: { amount: text(inCurrency(fee.amount, quoteUnitNamed(fee.currency ?? ''))), currency: fee.currency === null ? currencyOf(code) : currencyOf(fee.currency) },
    })),
  };
}
