/** What the facts say that projections hold: cash, settlements, and how the two are compared. Amounts as in lots.ts and cash.ts. */
import { type Decimal, decimal, type Money } from '@pms/money';
import { currencyExchanged, currencySettled } from './currency-exchange.ts';
import { dividendIn, movementEntry, type Movement } from './cash-movement.ts';
import type { Day } from './days.ts';
import { claimEntries, type ClaimKind } from './claims.ts';
import type { FactKind } from './fact.ts';
import { type Line, tradeBooked, tradeSettled } from './journal.ts';
import { partOf } from './fill-cash.ts';
import type { Fill } from './lots.ts';
import { deliveredIn } from './settlement-facts.ts';

/** A fact as it was recorded. */
export interface RecordedFact {
  readonly kind: FactKind;
  readonly effectiveOn: Day;
  readonly currency: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The cash lines that a fact has led to; `fill` is that of the trade it is about. */
export function cashLines(fact: RecordedFact, fill: Fill | null): readonly Line[] {
  return postings(fact, fill).filter(({ account }) => account.startsWith('CASH_'));
}

const linesOf: { readonly [Kind in FactKind]?: (fact: RecordedFact) => readonly Line[] } = {
  CASH_DEPOSITED: (fact) => movementEntry('DEPOSIT', movedIn(fact)).lines,
  CASH_WITHDRAWN: (fact) => movementEntry('WITHDRAWAL', movedIn(fact)).lines,
  CASH_ITEM_BOOKED: (fact) => movementEntry(fact.data['item'] as Movement, movedIn(fact)).lines,
  CASH_MOVEMENT_REVERSED: (fact) => undone(movementEntry(fact.data['movement'] as Movement, movedIn(fact)).lines),
  CURRENCY_EXCHANGED: (fact) => currencyExchanged(sidesIn(fact), fact.effectiveOn).lines,
  CURRENCY_SETTLED: (fact) => currencySettled(sidesIn(fact), fact.effectiveOn).lines,
  CURRENCY_EXCHANGE_CANCELLED: (fact) =>
    undone([...(fact.data['settled'] === true ? currencySettled(sidesIn(fact), fact.effectiveOn).lines : []), ...currencyExchanged(sidesIn(fact), fact.effectiveOn).lines]),
  CLAIM_RAISED: (fact) => claimLines(fact, 'CLAIM_RAISED'),
  CLAIM_BOOKED: (fact) => claimLines(fact, 'CLAIM_BOOKED'),
  CLAIM_WITHDRAWN: (fact) => claimLines(fact, 'CLAIM_WITHDRAWN'),
  CLAIM_CANCELLED: (fact) => undone((fact.data['undone'] as (keyof typeof claimEntries)[]).flatMap((kind) => claimLines(fact, kind))),
};

const postings = (fact: RecordedFact, fill: Fill | null): readonly Line[] => linesOf[fact.kind]?.(fact) ?? (fill === null ? [] : tradePostings(fact, fill));

const undone = (lines: readonly Line[]): readonly Line[] => lines.map((line) => ({ ...line, amount: line.amount.negated() }));

const claimLines = (fact: RecordedFact, kind: keyof typeof claimEntries): readonly Line[] =>
  claimEntries[kind]({ id: '', kind: fact.data['claim'] as ClaimKind, ...movedIn(fact).money }, fact.effectiveOn).lines;

const movedIn = ({ effectiveOn, currency, data }: RecordedFact) =>
  ({ reference: '', effectiveOn, money: { amount: decimal(data['amount'] as string), currency: currency ?? '' }, dividend: dividendIn(data) });

const sidesIn = ({ data }: RecordedFact) => ({ id: '', sold: moneyIn(data['sold']), bought: moneyIn(data['bought']) });

function moneyIn(told: unknown): Money {
  const { amount, currency } = told as { readonly amount: string; readonly currency: string };
  return { amount: decimal(amount), currency };
}

function tradePostings({ kind, effectiveOn, data }: Omit<RecordedFact, 'currency'>, fill: Fill): readonly Line[] {
  const booked = (): readonly Line[] => tradeBooked({ fill, applied: { closings: [] }, instrumentId: '' }).lines;
  // what is charged in other currencies goes with the delivery that ends the settlement: a part that was taken back before it had none
  const last = kind === 'TRADE_SETTLED' || data['quantity'] === undefined;
  const delivered = (): readonly Line[] => tradeSettled({ fill: partOf(fill, deliveredIn({ data }, fill).amount, last), settledOn: effectiveOn }).lines;
  if (kind === 'TRADE_BOOKED') return booked();
  if (kind === 'TRADE_SETTLED' || kind === 'TRADE_PART_SETTLED') return delivered();
  if (kind === 'SETTLEMENT_REVERSED') return undone(delivered());
  if (kind !== 'TRADE_REVERSED') return [];
  const steps = data['undone'] as readonly string[];
  const taken = [...(steps.includes('reverse-delivery') ? delivered() : []), ...(steps.includes('reverse-booking') ? booked() : [])];
  return undone(taken);
}

/** Things by name, each as text. */
export type Shown = ReadonlyMap<string, string>;

/** A thing that is stored otherwise than the facts say. */
export interface Difference {
  readonly what: string;
  /** Null: nothing. */
  readonly stored: string | null;
  /** Null: nothing. */
  readonly facts: string | null;
}

export const sentenceOf = ({ what, stored, facts }: Difference): string =>
  `${what}: ${stored === null ? 'nothing is stored' : `${stored} is stored`}, the facts say ${facts ?? 'nothing of it'}`;

/** Each thing that is not the same in both. */
export function differences(stored: Shown, rebuilt: Shown): Difference[] {
  const found: Difference[] = [];
  for (const [what, facts] of rebuilt) {
    const there = stored.get(what) ?? null;
    if (there !== facts) found.push({ what, stored: there, facts });
  }
  for (const [what, text] of stored) if (!rebuilt.has(what)) found.push({ what, stored: text, facts: null });
  return found;
}

export const shown = (...parts: readonly (Decimal | string | number | null)[]): string =>
  parts.map((part) => (part === null ? '–' : typeof part === 'object' ? part.toFixed() : String(part))).join(' ');
