/** What the facts say that projections hold: cash, settlements, and how the two are compared. Amounts as in lots.ts and cash.ts. */
import { type Decimal, decimal } from '@pms/money';
import type { Day } from './days.ts';
import type { FactKind } from './fact.ts';
import { deposited, type Line, tradeBooked, tradeSettled, withdrawn } from './journal.ts';
import type { Fill } from './lots.ts';
import { begun, next, type Heard, type Settlement } from './settlement.ts';

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

function postings({ kind, effectiveOn, currency, data }: RecordedFact, fill: Fill | null): readonly Line[] {
  if (kind === 'CASH_DEPOSITED' || kind === 'CASH_WITHDRAWN') {
    const moved = { reference: '', effectiveOn, money: { amount: decimal(String(data['amount'])), currency: currency ?? '' } };
    return (kind === 'CASH_DEPOSITED' ? deposited : withdrawn)(moved).lines;
  }
  if (fill === null) return [];
  const booked = (): readonly Line[] => tradeBooked({ fill, applied: { closings: [] }, instrumentId: '' }).lines;
  const delivered = (): readonly Line[] => tradeSettled({ fill, settledOn: effectiveOn }).lines;
  if (kind === 'TRADE_BOOKED') return booked();
  if (kind === 'TRADE_SETTLED') return delivered();
  if (kind !== 'TRADE_REVERSED') return [];
  const undone = data['undone'] as readonly string[];
  const taken = [...(undone.includes('reverse-delivery') ? delivered() : []), ...(undone.includes('reverse-booking') ? booked() : [])];
  return taken.map((line) => ({ ...line, amount: line.amount.negated() }));
}

/** How the settlement of a booked version stands after the facts about it, in order, and the number of the last attempt. */
export function settlementAfter(contractualDate: Day, facts: readonly RecordedFact[]): { readonly settlement: Settlement; readonly attempt: number } {
  const reserved = next(begun, { type: 'cash-reserved', reservationId: '' }).settlement;
  let settlement = next(reserved, { type: 'booked', contractualDate }).settlement;
  let attempt = 1;
  for (const fact of facts) {
    const heard = heardIn(fact);
    if (heard !== null) settlement = next(settlement, heard).settlement;
    if ('attempt' in settlement) attempt = settlement.attempt;
  }
  return { settlement, attempt };
}

function heardIn({ kind, effectiveOn, data }: RecordedFact): Heard | null {
  switch (kind) {
    case 'TRADE_SETTLED': return { type: 'delivered', settledOn: effectiveOn };
    case 'SETTLEMENT_FAILED': return { type: 'delivery-refused', reason: String(data['reason']) };
    case 'SETTLEMENT_RETRIED': return { type: 'retried' };
    case 'TRADE_REVERSED': return { type: 'cancelled' };
    case 'LOT_METHOD_SET': case 'CASH_DEPOSITED': case 'CASH_WITHDRAWN': case 'TRADE_BOOKED': case 'TRADE_CANCELLED': return null;
  }
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
