/** What each kind of rule finds in a trade. Rules of cash, holdings and weights hold for a trade that makes nothing worse. */
import { type Decimal, text, ZERO } from '@pms/money';
import { cashIn, held } from './book.ts';
import type { Finding } from './check.ts';
import { checkLargestShares } from './concentration.ts';
import type { Situation } from './market.ts';
import type { Demand } from './rule.ts';
import { weightsOf } from './weights.ts';

export function find(demand: Demand, situation: Situation): Finding {
  switch (demand.kind) {
    case 'SUFFICIENT_CASH': return sufficientCash(situation);
    case 'NO_SHORT_SELLING': return noShortSelling(situation);
    case 'RESTRICTED_LIST': return notRestricted(situation);
    case 'MAX_TRADE_NOTIONAL':
    case 'APPROVAL_ABOVE_NOTIONAL': return notionalWithin(demand.limit, situation);
    case 'MAX_POSITION_WEIGHT': return weightWithin(demand.maxWeight, situation);
    case 'UCITS_5_10_40': return ucits(situation);
    case 'PRICE_TOLERANCE': return priceWithin(demand, situation);
    case 'ALLOWED_ASSET_CLASSES': return classAllowed(demand.assetClasses, situation);
  }
}

const yesOrNo = (holds: boolean): 'YES' | 'NO' => (holds ? 'YES' : 'NO');
const percent = (ratio: Decimal): string => `${text(ratio.times(100).toDecimalPlaces(2))} %`;

/** The currency in which cash moves, and those of fees in others: the first that would be short is told, else what remains of the cash. */
function sufficientCash({ trade, before, after }: Situation): Finding {
  const inCurrency = (currency: string): { holds: boolean; inputs: Record<'currency' | 'available' | 'needed' | 'remaining', string> } => {
    const available = cashIn(before, currency);
    const remaining = cashIn(after, currency);
    const holds = !remaining.isNegative() || remaining.greaterThanOrEqualTo(available);
    return { holds, inputs: { currency, available: text(available), needed: text(available.minus(remaining)), remaining: text(remaining) } };
  };
  const cash = inCurrency(trade.settlement?.currency ?? trade.currency);
  const { holds, inputs } = [cash, ...[...(trade.foreignFees?.keys() ?? [])].map(inCurrency)].find((each) => !each.holds) ?? cash;
  return { holds: yesOrNo(holds), message: holds ? `${inputs.remaining} ${inputs.currency} remain` : `${inputs.needed} ${inputs.currency} are needed and ${inputs.available} are there`, inputs };
}

function noShortSelling({ trade: { instrumentId }, before, after }: Situation): Finding {
  const had = held(before, instrumentId);
  const left = held(after, instrumentId);
  // an amendment may move to another instrument and leave the sales of the first one uncovered
  const uncovered = [...after.holdings].filter(([id, quantity]) => quantity.isNegative() && quantity.lessThan(held(before, id))).map(([id]) => id);
  return {
    holds: yesOrNo(uncovered.length === 0),
    message: uncovered.length === 0 ? `${text(left)} are held afterwards` : `more would be sold than is held: ${text(left)} afterwards`,
    inputs: { instrumentId, held: text(had), remaining: text(left), ...(uncovered.length > 0 ? { uncovered } : {}) },
  };
}

function notRestricted({ trade: { instrumentId }, market }: Situation): Finding {
  const holds = !market.restricted.has(instrumentId);
  return { holds: yesOrNo(holds), message: holds ? 'not on the restricted list' : 'the instrument is on the restricted list', inputs: { instrumentId } };
}

function notionalWithin(limit: { readonly amount: Decimal; readonly currency: string }, { trade }: Situation): Finding {
  const notional = trade.quantity.times(trade.price);
  const inputs = { notional: text(notional), currency: trade.currency, limit: text(limit.amount), limitCurrency: limit.currency };
  if (trade.currency !== limit.currency) return { holds: 'UNKNOWN', message: `the limit is in ${limit.currency} and there is no rate for ${trade.currency}`, inputs };
  const holds = notional.lessThanOrEqualTo(limit.amount);
  return { holds: yesOrNo(holds), message: `${inputs.notional} ${trade.currency} is ${holds ? 'within' : 'above'} ${inputs.limit}`, inputs };
}

function weightWithin(maxWeight: Decimal, { trade, before, after, market }: Situation): Finding {
  const weighed = weightsOf(after, trade, market);
  const max = text(maxWeight);
  if (!weighed.known) return { holds: 'UNKNOWN', message: weighed.because, inputs: { maxWeight: max } };
  const weight = weighed.weights.get(trade.instrumentId) ?? ZERO;
  const grows = held(after, trade.instrumentId).abs().greaterThan(held(before, trade.instrumentId).abs());
  const holds = weight.abs().lessThanOrEqualTo(maxWeight) || !grows;
  return {
    holds: yesOrNo(holds), message: `the holding would be ${percent(weight)} of net assets, at most ${percent(maxWeight)} allowed`,
    inputs: { weight: text(weight.toDecimalPlaces(18)), maxWeight: max, netAssets: text(weighed.netAssets), currency: market.baseCurrency },
  };
}

function ucits({ trade, after, market }: Situation): Finding {
  const weighed = weightsOf(after, trade, market);
  if (!weighed.known) return { holds: 'UNKNOWN', message: weighed.because, inputs: {} };
  const { met, sumOfLarge, aboveSingle } = checkLargestShares(weighed.weights);
  const holds = met || trade.side === 'SELL';
  return {
    holds: yesOrNo(holds),
    message: `${aboveSingle.length} holdings above 10 % of net assets; those above 5 % are ${percent(sumOfLarge)} together, at most 40 % allowed`,
    inputs: {
      sumOfLarge: text(sumOfLarge.toDecimalPlaces(18)), netAssets: text(weighed.netAssets), currency: market.baseCurrency,
      aboveSingle: aboveSingle.map(({ issuer, weight }) => ({ instrumentId: issuer, weight: text(weight.toDecimalPlaces(18)) })),
    },
  };
}

const DAY_MS = 86_400_000;

function priceWithin({ tolerance, maxAgeDays }: { readonly tolerance: Decimal; readonly maxAgeDays: number }, { trade, market }: Situation): Finding {
  const reference = market.closeAt(trade.instrumentId, trade.tradeDate);
  const inputs = { price: text(trade.price), tolerance: text(tolerance) };
  if (reference === null) return { holds: 'UNKNOWN', message: 'there is no close to compare the price with', inputs };
  const withReference = { ...inputs, close: text(reference.close), closeOn: reference.day };
  if (Date.parse(trade.tradeDate) - Date.parse(reference.day) > maxAgeDays * DAY_MS)
    return { holds: 'UNKNOWN', message: `the last close, of ${reference.day}, is older than ${maxAgeDays} days`, inputs: withReference };
  const deviation = trade.price.minus(reference.close).abs().div(reference.close.abs());
  const holds = deviation.lessThanOrEqualTo(tolerance);
  return {
    holds: yesOrNo(holds), message: `${percent(deviation)} off the close of ${reference.day}, at most ${percent(tolerance)} allowed`,
    inputs: { ...withReference, deviation: text(deviation.toDecimalPlaces(18)) },
  };
}

function classAllowed(assetClasses: readonly string[], { trade: { instrumentId }, market }: Situation): Finding {
  const assetClass = market.instruments.get(instrumentId)?.assetClass;
  const inputs = { assetClass: assetClass ?? null, assetClasses };
  if (assetClass === undefined) return { holds: 'UNKNOWN', message: 'the asset class of the instrument is not known', inputs };
  const holds = assetClasses.includes(assetClass);
  return { holds: yesOrNo(holds), message: `${assetClass} is ${holds ? '' : 'not '}among ${assetClasses.join(', ')}`, inputs };
}
