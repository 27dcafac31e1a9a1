/**
 * Wash sales (US IRC §1091), as information: nothing of it is booked. A loss is disallowed as far as shares of the same instrument were acquired within
 * 30 days before or after it; for a short position, as far as another short sale was made within them (§1091(e)).
 *
 * Losses are matched in the order of closing, with acquisitions in the order of acquisition (Treas. Reg. §1.1091-1(b) to (d)); a share serves once as a
 * replacement. Shares acquired before the loss count as far as they are still held after it. Of one portfolio, whatever the currency they were traded in;
 * splits between a loss and its replacement are not adjusted for.
 */
import { Decimal, sum, toStored, ZERO } from '@pms/money';
import { addDays, type Day } from './days.ts';
import type { Closing, Fill } from './lots.ts';

const DAYS_AROUND = 30;

/** What a trade opened, after what it closed. */
export interface Opening {
  readonly openedBy: string;
  readonly openedOn: Day;
  readonly sequence: number;
  /** Negative for a short sale. */
  readonly quantity: Decimal;
}

export interface Replacement {
  readonly openedBy: string;
  /** Unsigned. */
  readonly quantity: Decimal;
}

export interface WashSale {
  /** Of the closing, unsigned: how much of it was replaced. */
  readonly quantity: Decimal;
  /** Of the loss, as a positive amount in the closing's currency. */
  readonly disallowed: Decimal;
  readonly replacements: readonly Replacement[];
}

/** `closings` are all of the fills'. */
export function openingsOf(fills: readonly Pick<Fill, 'tradeId' | 'tradedOn' | 'sequence' | 'quantity'>[], closings: readonly Closing[]): Opening[] {
  const closed = new Map<string, Decimal>();
  for (const { closedBy, quantity } of closings) closed.set(closedBy, (closed.get(closedBy) ?? ZERO).plus(quantity));
  return fills.flatMap(({ tradeId, tradedOn, sequence, quantity }) => {
    const opened = quantity.plus(closed.get(tradeId) ?? ZERO);
    return opened.isZero() ? [] : [{ openedBy: tradeId, openedOn: tradedOn, sequence, quantity: opened }];
  });
}

interface Shares extends Opening {
  /** Unsigned: still held, and already used as a replacement. */
  open: Decimal;
  used: Decimal;
}

/** For each closing at a loss that was replaced, wholly or in part. All closings and openings of one instrument since the first. */
export function washSales<Closed extends Closing>(openings: readonly Opening[], closings: readonly Closed[]): ReadonlyMap<Closed, WashSale> {
  const held = holdings(openings);
  const ordered = closings.toSorted((a, b) => inOrder(placeOf(a), placeOf(b)));
  const found = new Map<Closed, WashSale>();
  for (const ofTrade of Map.groupBy(ordered, ({ closedBy }) => closedBy).values()) {
    for (const closing of ofTrade) held.letGo(closing);
    for (const closing of ofTrade) {
      const wash = closing.realizedGain.isNegative() ? matched(held, closing) : null;
      if (wash !== null) found.set(closing, wash);
    }
  }
  return found;
}

interface Held {
  letGo(closing: Closing): void;
  /** Acquisitions from one day to another, of the sign of `quantity`, the oldest first. */
  between(from: Day, to: Day, quantity: Decimal): readonly Shares[];
}

function holdings(openings: readonly Opening[]): Held {
  const shares: Shares[] = openings.map((opening) => ({ ...opening, open: opening.quantity.abs(), used: ZERO })).toSorted(inOrder);
  const byTrade = new Map(shares.map((each) => [each.openedBy, each]));
  let head = 0; // what comes before it is closed
  return {
    letGo(closing) {
      const own = byTrade.get(closing.lotId);
      let left = closing.quantity.abs();
      const from = (each: Shares | undefined): void => {
        if (each === undefined || each.quantity.isNegative() !== closing.quantity.isNegative()) return;
        const part = Decimal.min(left, each.open);
        each.open = each.open.minus(part);
        left = left.minus(part);
      };
      from(own);
      while (shares[head]?.open.isZero() === true) head += 1;
      // a pool of average cost has the name of its oldest part: the rest goes from the others, the oldest first
      for (let at = head; at < shares.length && !left.isZero() && inOrder(shares[at] as Shares, placeOf(closing)) < 0; at++) from(shares[at]);
    },
    between(from, to, quantity) {
      const start = firstFrom(shares, from);
      const found: Shares[] = [];
      for (let at = start; at < shares.length; at++) {
        const each = shares[at] as Shares;
        if (each.openedOn > to) break;
        if (each.quantity.isNegative() === quantity.isNegative()) found.push(each);
      }
      return found;
    },
  };
}

/** Index of the first that was opened on the day or later. */
function firstFrom(shares: readonly Opening[], day: Day): number {
  let [low, high] = [0, shares.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((shares[middle] as Opening).openedOn < day) low = middle + 1;
    else high = middle;
  }
  return low;
}

function matched(held: Held, closing: Closing): WashSale | null {
  const replacements: Replacement[] = [];
  let wanted = closing.quantity.abs();
  for (const each of held.between(addDays(closing.closedOn, -DAYS_AROUND), addDays(closing.closedOn, DAYS_AROUND), closing.quantity)) {
    const part = Decimal.min(wanted, each.open, each.quantity.abs().minus(each.used));
    if (!part.greaterThan(0)) continue;
    each.used = each.used.plus(part);
    wanted = wanted.minus(part);
    replacements.push({ openedBy: each.openedBy, quantity: part });
  }
  if (replacements.length === 0) return null;
  const quantity = sum(replacements.map((each) => each.quantity));
  const loss = closing.realizedGain.negated();
  return { quantity, disallowed: wanted.isZero() ? loss : toStored(loss.times(quantity).div(closing.quantity.abs())), replacements };
}

type Placed = Pick<Opening, 'openedBy' | 'openedOn' | 'sequence'>;

const placeOf = ({ closedBy, closedOn, sequence }: Closing): Placed => ({ openedBy: closedBy, openedOn: closedOn, sequence });
const inOrder = (a: Placed, b: Placed): number => compare(a.openedOn, b.openedOn) || a.sequence - b.sequence || compare(a.openedBy, b.openedBy);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
