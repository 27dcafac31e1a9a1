/** Currency exchanges as the facts about them tell of them, in the order of recording: what is stored of them follows from this. */
import { decimal, type Money } from '@pms/money';
import type { CurrencyExchange } from './currency-exchange.ts';
import type { Day } from './days.ts';
import type { FactKind } from './fact.ts';

/** An exchange, and under which request it was made. */
export interface KeptExchange extends CurrencyExchange {
  readonly idempotencyKey: string;
  readonly contentHash: string;
}

export interface ExchangeFact {
  readonly kind: FactKind;
  readonly effectiveOn: Day;
  readonly data: Readonly<Record<string, unknown>>;
}

interface ToldMoney {
  readonly amount: string;
  readonly currency: string;
}

interface Told {
  readonly exchangeId: string;
  readonly sold: ToldMoney;
  readonly bought: ToldMoney;
  readonly valueDate: string;
  readonly idempotencyKey: string;
  readonly contentHash: string;
}

const moneyOf = ({ amount, currency }: ToldMoney): Money => ({ amount: decimal(amount), currency });

/** By id, in the order in which they were made. */
export function exchangesIn(facts: readonly ExchangeFact[]): KeptExchange[] {
  const made = new Map<string, KeptExchange>();
  for (const { kind, effectiveOn, data } of facts) {
    const told = data as unknown as Told;
    const known = made.get(told.exchangeId);
    if (kind === 'CURRENCY_EXCHANGED') {
      const { exchangeId: id, sold, bought, valueDate: valueOn, idempotencyKey, contentHash } = told;
      made.set(id, { id, sold: moneyOf(sold), bought: moneyOf(bought), tradedOn: effectiveOn, valueOn, settledOn: null, cancelled: false, idempotencyKey, contentHash });
    } else if (known !== undefined) made.set(known.id, kind === 'CURRENCY_SETTLED' ? { ...known, settledOn: effectiveOn } : { ...known, settledOn: null, cancelled: true });
  }
  return [...made.values()];
}
