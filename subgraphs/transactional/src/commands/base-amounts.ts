/** What trades of another currency than the portfolio's count as, and realise, in its base currency: fixed as they are booked, as far as rates are known then. */
import { type Decimal, decimal, sum, text, toStored } from '@pms/money';
import { rateIfKnown } from '@pms/money/fx';
import type { TradeFacts } from '@pms/schema/events/trade-capture';
import { type BaseAmount, baseAmountOf, rateNeeded, ratioOf } from '../domain/base-amount.ts';
import type { Closing, Fill } from '../domain/lots.ts';
import type { Posting } from '../store/books-store.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';

export interface ForeignTrade {
  readonly trade: TradeFacts;
  readonly fill: Fill;
  readonly closings: readonly Closing[];
}

export interface InBase extends BaseAmount {
  /** Null with average cost, and where a lot has no known rate. */
  readonly gain: Decimal | null;
}

/** By trade; one for which no rate is known is missing. */
export async function baseAmounts(tx: Posting, { organizationId, baseCurrency: quote, lotMethod }: LockedPortfolio, foreign: readonly ForeignTrade[]): Promise<ReadonlyMap<string, InBase>> {
  if (foreign.length === 0) return new Map();
  const closings = lotMethod === 'AVERAGE' ? [] : foreign.flatMap((each) => each.closings.map((closing) => ({ base: each.fill.currency, lot: tradeOf(closing.lotId), on: closing.openedOn })));
  const [published, booked] = await Promise.all([
    tx.published(organizationId, [...foreign.flatMap(({ fill }) => rateNeeded(fill, quote) ?? []), ...closings.map(({ base, on }) => ({ base, quote, on }))]),
    closings.length === 0 ? new Map<string, Decimal>() : tx.tradeRates(organizationId, [...new Set(closings.map(({ lot }) => lot))], quote),
  ]);
  const amounts = new Map(foreign.flatMap(({ trade, fill }) => {
    const known = baseAmountOf(fill, quote, { published, ownRate: trade.settlement === undefined ? null : decimal(trade.settlement.rate) });
    return known === null ? [] : [[trade.tradeId, known] as const];
  }));
  const fills = new Map(foreign.map(({ fill }) => [fill.tradeId, fill]));
  const rateOfLot = (lotId: string, on: string, base: string): Decimal | null => {
    const own = amounts.get(lotId);
    const fill = fills.get(lotId);
    return own !== undefined && fill !== undefined ? ratioOf(own.amount, fill.amount, own.rate) : booked.get(lotId) ?? rateIfKnown(published, { base, quote, on })?.rate ?? null;
  };
  return new Map(foreign.flatMap(({ trade, fill, closings: of }): [string, InBase][] => {
    const amount = amounts.get(trade.tradeId);
    if (amount === undefined) return [];
    const rates = lotMethod === 'AVERAGE' ? [null] : of.map(({ lotId, openedOn }) => rateOfLot(tradeOf(lotId), openedOn, fill.currency));
    const own = ratioOf(amount.amount, fill.amount, amount.rate);
    const gain = rates.includes(null) ? null : sum(of.map(({ proceeds, cost }, at) => toStored(proceeds.times(own)).minus(toStored(cost.times(rates[at] as Decimal)))));
    return [[trade.tradeId, { ...amount, gain }]];
  }));
}

const tradeOf = (lotId: string): string => lotId.split('/')[0] ?? lotId;

/** As facts and events carry it. */
export const toldInBase = ({ currency, amount, rate, date, gain }: InBase) =>
  ({ base: { currency, netAmount: text(amount.negated()), rate: text(rate), date, ...(gain !== null && { realizedPnl: text(gain) }) } });
