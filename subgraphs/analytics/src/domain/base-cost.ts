/**
 * What positions cost and realised in the portfolio's base currency, from trades in order. A trade counts at the rate that its booking was told with, or
 * else at the one published on or before its day. What a trade realised is what the books told (lot by lot); where they told nothing, which is so with
 * average cost, what is closed takes the mean rate at which the position was built.
 */
import { Decimal, ZERO } from '@pms/money';

export interface BaseTrade {
  /** Signed: negative for a sale. */
  readonly quantity: Decimal;
  /** What cash it moved in its own currency: negative for a purchase. */
  readonly netAmount: Decimal;
  readonly realizedPnl: Decimal;
  /** `netAmount` in the base currency. */
  readonly baseNet: Decimal;
  /** `realizedPnl` in the base currency, where the books told it. */
  readonly baseRealized: Decimal | null;
}

export interface BaseCost {
  readonly cost: Decimal;
  readonly realized: Decimal;
}

/** `localCost` is what the books say the position costs in its own currency: corporate actions may have moved a part of it away. */
export function baseCost(trades: readonly BaseTrade[], localCost: Decimal): BaseCost {
  let [held, local, base, realized] = [ZERO, ZERO, ZERO, ZERO];
  for (const trade of trades) {
    const closes = held.isZero() || held.isNegative() === trade.quantity.isNegative() ? ZERO : Decimal.min(held.abs(), trade.quantity.abs());
    const share = trade.quantity.isZero() ? ZERO : closes.div(trade.quantity.abs());
    const closedCost = trade.netAmount.times(share).minus(trade.realizedPnl);
    const gain = trade.baseRealized ?? (share.isZero() || local.isZero() ? ZERO : trade.baseNet.times(share).minus(base.times(closedCost).div(local)));
    base = base.minus(trade.baseNet).plus(gain);
    local = local.minus(trade.netAmount).plus(trade.realizedPnl);
    realized = realized.plus(gain);
    held = held.plus(trade.quantity);
  }
  if (localCost.isZero()) return { cost: ZERO, realized };
  return { cost: local.isZero() || local.equals(localCost) ? base : base.times(localCost).div(local), realized };
}
