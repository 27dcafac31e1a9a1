/** Positions, lots and what corporate actions did, worked out of the facts and compared with what is stored, or written. */
import { type Decimal, sum, ZERO } from '@pms/money';
import { tradeFacts } from '@pms/schema/events/trade-capture';
import { shownOutcome } from '../domain/action-entries.ts';
import { placeOfAction } from '../domain/action-terms.ts';
import { numbered } from '../domain/closings.ts';
import type { Closing, Lot } from '../domain/lots.ts';
import { comparePlaces, type Key, keyOf, type Place, type PositionState } from '../domain/movement.ts';
import { type PositionBooks, positionBooks } from '../domain/position-books.ts';
import type { PositionChange } from '../domain/position-change.ts';
import { type Difference, differences, shown } from '../domain/rebuilt.ts';
import { type StandingAction, standingActions } from '../domain/told-action.ts';
import { asFill } from '../domain/trade-fill.ts';
import type { Posting } from '../store/books-store.ts';
import type { Entitlement } from '../store/entitlements.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';
import type { TradeFact } from '../store/rebuild-reads.ts';
import { grown } from './replay-positions.ts';

const showPosition = ({ quantity, cost, realized, openedOn, last }: PositionState): string =>
  shown(quantity, 'cost', cost, 'realised', realized, 'since', openedOn, 'last', last?.tradeId ?? null, last?.tradedOn ?? null, last?.sequence ?? null);
const showLots = (key: string, lots: Iterable<Lot>): Map<string, string> =>
  new Map([...lots].map((lot) => [`lot ${key} ${lot.id}`, shown(lot.quantity, 'cost', lot.cost, 'opened', lot.openedOn, lot.sequence)]));
const showAction = ({ action, outcome, paidOn }: Pick<Entitlement, 'action' | 'outcome' | 'paidOn'>): string => shown(action.version, shownOutcome(outcome), 'paid', paidOn);

const showClosings = (key: string, closings: readonly Closing[]): Map<string, string> =>
  new Map(numbered(closings).map(({ closing, line }) => [
    `closing ${key} ${closing.closedBy} ${line}`,
    shown(closing.quantity, 'of', closing.lotId, 'opened', closing.openedOn, 'closed', closing.closedOn, 'cost', closing.cost, 'proceeds', closing.proceeds, closing.named ? 'named' : 'chosen'),
  ]));

/** `actions`: those that count, with what they did. */
export async function rebuildPositions(tx: Posting, portfolio: LockedPortfolio, verify: boolean): Promise<{ differences: Difference[]; actions: readonly Entitlement[] }> {
  const method = (await tx.methodOfFacts(portfolio.id)) ?? portfolio.lotMethod;
  const found: Difference[] = method === portfolio.lotMethod ? [] : [{ what: 'lot method', stored: portfolio.lotMethod, facts: method }];
  const actions: Entitlement[] = [];
  const known = new Set<string>();
  const keys = await tx.keysOfFacts(portfolio.id);
  const booked = new Map(keys.map(({ instrumentId, booked: count }) => [instrumentId, count]));
  for (const group of together(groupsOf(keys.map(({ instrumentId }) => instrumentId), standingActions(await tx.actionFacts(portfolio.id))), booked)) {
    const books = positionBooks(method);
    for (const key of keys) if (group.instrumentIds.includes(key.instrumentId)) books.state(key);
    const rebuilt = await replay(tx, portfolio, { group, books, verify });
    found.push(...rebuilt.found);
    actions.push(...rebuilt.actions);
    const changes = books.positions().map(({ state, lots }): PositionChange =>
      ({ after: state, lots, gone: null, booked: new Map(), closings: [], closedAgain: null, refused: new Map(), regained: [] }));
    for (const { after } of changes) known.add(keyOf(after));
    if (!verify) await tx.write(tx.positionRows(portfolio, changes));
    found.push(...(await positionDifferences(tx, portfolio, changes)));
  }
  if (!verify) await tx.write(tx.entitlementRows(portfolio, actions));
  return { actions, differences: [...found, ...(await leftOver(tx, portfolio, known)), ...actionDifferences(await tx.everyEntitlement(portfolio.id), actions)] };
}

function actionDifferences(stored: readonly Entitlement[], rebuilt: readonly Entitlement[]): Difference[] {
  const named = (all: readonly Entitlement[]): Map<string, string> => new Map(all.map((each) => [`corporate action ${each.action.actionId}`, showAction(each)]));
  return differences(named(stored), named(rebuilt));
}

/** Positions and closings of which the facts say nothing. */
async function leftOver(tx: Posting, portfolio: LockedPortfolio, known: ReadonlySet<string>): Promise<Difference[]> {
  const positions = (await tx.everyPosition(portfolio.id)).filter((position) => !known.has(keyOf(position)) && !isEmpty(position));
  const closed = (await tx.keysOfClosings(portfolio.id)).filter((key) => !known.has(keyOf(key)));
  return [
    ...positions.map((position) => ({ what: `position ${keyOf(position)}`, stored: showPosition(position), facts: null })),
    ...closed.map((key) => ({ what: `closings ${keyOf(key)}`, stored: 'some', facts: null })),
  ];
}

/** Left where an action that has been taken back had moved basis to. */
const isEmpty = ({ quantity, cost, realized }: PositionState): boolean => quantity.isZero() && cost.isZero() && realized.isZero();

async function positionDifferences(tx: Posting, portfolio: LockedPortfolio, changes: readonly PositionChange[]): Promise<Difference[]> {
  const keys = changes.map(({ after }) => after);
  const { positions } = await tx.met({ portfolioId: portfolio.id, keys });
  const open = await tx.lots(portfolio.id, keys.map((key) => ({ ...key, needed: null, named: [] })), portfolio.lotMethod);
  return changes.flatMap(({ after, lots }) => {
    const name = keyOf(after);
    const stored = positions.get(name);
    return [
      ...differences(showLots(name, open.get(name) ?? []), showLots(name, lots)),
      ...differences(new Map(stored === undefined ? [] : [[`position ${name}`, showPosition(stored)]]), new Map([[`position ${name}`, showPosition(after)]])),
    ];
  });
}

/** Instruments that have to be replayed together, and the actions that touch them. */
interface InstrumentGroup {
  readonly instrumentIds: readonly string[];
  readonly actions: readonly StandingAction[];
}

function groupsOf(traded: readonly string[], standing: readonly StandingAction[]): InstrumentGroup[] {
  const actions = standing.map(({ action }) => action);
  const left = new Set([...traded, ...actions.map(({ instrumentId }) => instrumentId)]);
  const groups: InstrumentGroup[] = [];
  for (const first of left) {
    const instrumentIds = grown(new Set([first]), actions);
    for (const id of instrumentIds) left.delete(id);
    groups.push({ instrumentIds: [...instrumentIds], actions: standing.filter(({ action }) => instrumentIds.has(action.instrumentId)) });
  }
  return groups;
}

/** Trades whose positions are replayed in one pass: what memory holds at most, unless one group has more. */
const BOOKED_TOGETHER = 20_000;

/** Groups that are small are replayed together, so that the facts of a portfolio are gone through once and not once for each instrument. */
function together(groups: readonly InstrumentGroup[], booked: ReadonlyMap<string, number>): InstrumentGroup[] {
  const batches: { group: InstrumentGroup; size: number }[] = [];
  for (const group of groups) {
    const size = group.instrumentIds.reduce((total, id) => total + (booked.get(id) ?? 0), 0);
    const last = batches.at(-1);
    if (last === undefined || last.size + size > BOOKED_TOGETHER) batches.push({ group, size });
    else batches[batches.length - 1] = { group: { instrumentIds: [...last.group.instrumentIds, ...group.instrumentIds], actions: [...last.group.actions, ...group.actions] }, size: last.size + size };
  }
  return batches.map(({ group }) => group);
}

interface Replayed {
  readonly found: readonly Difference[];
  readonly actions: readonly Entitlement[];
}

interface Rebuilding {
  readonly group: InstrumentGroup;
  readonly books: PositionBooks;
  readonly verify: boolean;
}

/** Applies the trades that stand, page by page, with the actions in between; compares what each closed and realised with what is stored, or stores it. */
async function replay(tx: Posting, portfolio: LockedPortfolio, { group, books, verify }: Rebuilding): Promise<Replayed> {
  const found: Difference[] = [];
  const actions: Entitlement[] = [];
  const waiting = group.actions.toSorted((a, b) => comparePlaces(placeOfAction(a.action), placeOfAction(b.action)));
  let closed: Closed[] = [];
  const actBefore = (place: Place | null): void => {
    for (let next = waiting[0]; next !== undefined && (place === null || comparePlaces(placeOfAction(next.action), place) < 0); next = waiting[0]) {
      const outcome = books.act(next.action);
      actions.push({ ...next, step: next.paidOn === null ? 'applied' : 'paid', outcome });
      closed.push(...outcome.closed);
      waiting.shift();
    }
  };
  const compareClosed = async (after: Place | null, to: Place | null): Promise<void> => {
    found.push(...(await closingDifferences(tx, portfolio, { closed, after, to, verify, keys: books.positions().map(({ state }) => state) })));
    closed = [];
  };
  for (let last: Place | null = null; ;) {
    const page = await tx.standingFactPage(portfolio.id, group.instrumentIds, last);
    const final = page.at(-1);
    if (final === undefined) {
      actBefore(null);
      await compareClosed(last, null);
      return { found, actions };
    }
    const gains = new Map<string, Decimal>();
    for (const fact of page) {
      actBefore(fact.place);
      const each = filled(books, fact);
      closed.push(each);
      gains.set(fact.place.tradeId, sum(each.closings.map(({ realizedGain }) => realizedGain)));
    }
    found.push(...(await gainDifferences(tx, page, gains, verify)));
    await compareClosed(last, final.place);
    last = final.place;
  }
}

interface Closed {
  readonly key: Key;
  readonly closings: readonly Closing[];
}

function filled(books: PositionBooks, { instrumentId, data }: TradeFact): Closed {
  const fill = asFill(tradeFacts.parse(data));
  const key = { instrumentId, currency: fill.currency };
  return { key, closings: books.trade(key, fill) };
}

async function gainDifferences(tx: Posting, page: readonly TradeFact[], gains: ReadonlyMap<string, Decimal>, verify: boolean): Promise<Difference[]> {
  const stored = await tx.bookings(page.map(({ place, version }) => ({ tradeId: place.tradeId, version })));
  const changed = stored.map((trade) => ({ trade, gain: gains.get(trade.fill.tradeId) ?? ZERO })).filter(({ trade, gain }) => !gain.equals(trade.gain));
  if (verify) return changed.map(({ trade, gain }) => ({ what: `trade ${trade.fill.tradeId}`, stored: `a gain of ${shown(trade.gain)}`, facts: shown(gain) }));
  await tx.saveGains(changed);
  return [];
}

/** Of each position, what was closed after one place and up to another. */
async function closingDifferences(tx: Posting, portfolio: LockedPortfolio, { closed, after, to, verify, keys }: {
  readonly closed: readonly Closed[]; readonly after: Place | null; readonly to: Place | null; readonly verify: boolean; readonly keys: readonly Key[];
}): Promise<Difference[]> {
  const closedOf = Map.groupBy(closed, ({ key }) => keyOf(key));
  const rebuilt = keys.map((key) => ({ key, closings: (closedOf.get(keyOf(key)) ?? []).flatMap((each) => each.closings) }));
  if (!verify) await tx.write(tx.closingRows(portfolio, rebuilt.map(({ key, closings }) => ({ after: key, closings, closedAgain: null }))));
  const stored = await tx.closingsBetween(portfolio.id, keys, after, to);
  return rebuilt.flatMap(({ key, closings }) => differences(showClosings(keyOf(key), stored.get(keyOf(key)) ?? []), showClosings(keyOf(key), closings)));
}
