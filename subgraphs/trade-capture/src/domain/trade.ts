/**
 * A trade: what was agreed with a counterparty, in versions, and how each version's status moves.
 * Quantity and price are positive, whichever the side; the price is in the unit that the instrument is quoted in, amounts are in the trade's currency.
 */
import { type Decimal, money, type Money, toStored } from '@pms/money';
import { inCurrency, type QuoteUnit } from '@pms/money/quote-unit';

export type Side = 'BUY' | 'SELL';
export type FeeKind = 'COMMISSION' | 'EXCHANGE_FEE' | 'REGULATORY_FEE' | 'TAX' | 'OTHER';
export type Status = 'CAPTURED' | 'PENDING_APPROVAL' | 'VALIDATED' | 'REJECTED' | 'BOOKED' | 'SETTLED' | 'CANCELLED';
export type VersionKind = 'CAPTURE' | 'AMENDMENT' | 'CANCELLATION';

export interface Fee {
  readonly kind: FeeKind;
  readonly amount: Money;
}

/** How much of an open lot a trade closes. */
export interface LotPick {
  /** As the books show it. */
  readonly lotId: string;
  /** Unsigned. */
  readonly quantity: Decimal;
}

export interface Settlement {
  readonly currency: string;
  readonly rate: Decimal;
}

export interface Terms {
  readonly instrumentId: string;
  readonly side: Side;
  readonly quantity: Decimal;
  /** In `quoteUnit`, or in the currency where there is none. */
  readonly price: Decimal;
  readonly currency: string;
  /** The instrument's; null where its prices are in the currency. */
  readonly quoteUnit: QuoteUnit | null;
  /** Where cash moves in another currency than the trade's, and the trade's own rate into it: its units for one of `currency`. */
  readonly settlement: Settlement | null;
  /** ISO 8601 day. */
  readonly tradeDate: string;
  readonly fees: readonly Fee[];
  /** Empty: the portfolio's lot method chooses. */
  readonly lotPicks: readonly LotPick[];
  /** With whom it settles; null where nobody said. A trade that names one has to be matched. */
  readonly counterparty: string | null;
  /** The depository where it settles (a BIC, "DTCYUS33"); null where nobody said. */
  readonly placeOfSettlement: string | null;
  /** The account at the custodian that receives or delivers; null where nobody said. */
  readonly custodyAccount: string | null;
}

export interface TradeVersion extends Terms {
  readonly version: number;
  readonly kind: VersionKind;
  /** The version that it takes the place of; null for the first. */
  readonly replaces: number | null;
  readonly status: Status;
  readonly statusAt: Date;
  /** Why it is back in an earlier status: its delivery was taken back. Null for one that never was, or has settled again. */
  readonly statusReason: string | null;
  /** RFC 3339 in UTC with six fractional digits: rises with every version captured in a portfolio. */
  readonly capturedAt: string;
  readonly capturedBy: string;
  readonly reason: string | null;
}

/** A trade shows its newest version that was not refused; where all were, the newest. */
export interface Trade extends TradeVersion {
  readonly id: string;
  readonly organizationId: string;
  readonly portfolioId: string;
  readonly externalId: string | null;
  /** The number of its newest version, refused or not. */
  readonly lastVersion: number;
}

/** Without fees; rounded only where 18 fractional digits do not hold it. */
export const grossAmount = ({ quantity, price, currency, quoteUnit }: Terms): Money => money(toStored(quantity.times(inCurrency(price, quoteUnit))), currency);

/** From which statuses each may be entered: a version's status never moves backwards, however late the news comes. */
const enteredFrom: Readonly<Record<Status, readonly Status[]>> = {
  CAPTURED: [],
  PENDING_APPROVAL: ['CAPTURED'],
  VALIDATED: ['CAPTURED', 'PENDING_APPROVAL'],
  // the books may refuse what was validated
  REJECTED: ['CAPTURED', 'PENDING_APPROVAL', 'VALIDATED'],
  BOOKED: ['CAPTURED', 'PENDING_APPROVAL', 'VALIDATED'],
  SETTLED: ['CAPTURED', 'PENDING_APPROVAL', 'VALIDATED', 'BOOKED'],
  CANCELLED: [],
};

export const entriesOf = (status: Status): readonly Status[] => enteredFrom[status];

export const mayEnter = (from: Status, to: Status): boolean => enteredFrom[to].includes(from);

/** The version that a trade shows; throws RangeError for a trade without versions. */
export function shownVersion(versions: readonly Pick<TradeVersion, 'version' | 'status'>[]): number {
  const standing = versions.filter(({ status }) => status !== 'REJECTED');
  const shown = (standing.length > 0 ? standing : versions).toSorted((a, b) => b.version - a.version)[0];
  if (shown === undefined) throw new RangeError('a trade has at least one version');
  return shown.version;
}
