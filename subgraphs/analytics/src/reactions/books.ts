/** Keeps trades, positions and external flows as the books tell of them; a run of bookings is one transaction. */
import type { Reaction } from '@pms/events/bus';
import type { Event } from '@pms/events/envelope';
import type { Live } from '@pms/events/live';
import { decimal, text } from '@pms/money';
import { cashMoved, lotsReallocated, tradeBooked, tradeReversed } from '@pms/schema/events/transactional';
import { changedTopic } from '../domain/topics.ts';
import type { AnalyticsStore } from '../store/analytics-store.ts';
import type { AnalyticsWrites, PositionAfter } from '../store/writes.ts';

const portfoliosOf = (facts: readonly { readonly portfolioId: string }[]): string[] => [...new Set(facts.map(({ portfolioId }) => portfolioId))];

/** One transaction for the events that were not seen before; then whoever watches one of their portfolios is told. */
export async function keep<T extends { readonly portfolioId: string }>(
  { store, live }: { readonly store: AnalyticsStore; readonly live: Live }, events: readonly Event[], parse: (event: Event) => T,
  write: (tx: AnalyticsWrites, facts: readonly (T & { readonly organizationId: string; readonly eventId: string })[]) => Promise<void>,
): Promise<void> {
  const changed = await store.transaction(async (tx) => {
    const fresh = await tx.firstSights(events.map(({ id }) => id));
    const facts = events.filter(({ id }) => fresh.has(id)).map((event) => ({ ...parse(event), organizationId: event.organizationId, eventId: event.id }));
    if (facts.length === 0) return [];
    await write(tx, facts);
    await tx.touch(portfoliosOf(facts));
    return portfoliosOf(facts);
  });
  for (const portfolioId of changed) live.publish(changedTopic(portfolioId), { portfolioId });
}

interface WithPosition {
  readonly portfolioId: string;
  readonly organizationId: string;
  readonly position: { readonly instrumentId: string; readonly quantity: string; readonly costBasis: string; readonly realizedPnl: string; readonly currency: string };
}

/** Of several changes to one position the last stands. */
const lastPositions = (facts: readonly WithPosition[]): PositionAfter[] =>
  [...new Map(facts.map(({ portfolioId, organizationId, position }) => [`${portfolioId} ${position.instrumentId}`, { ...position, portfolioId, organizationId }])).values()];

/** Fees in another currency than that of a trade's cash move cash of their own; they are part of what the trade came to already. The name of such a flow. */
const chargeOf = ({ tradeId, version }: { readonly tradeId: string; readonly version: number }, currency: string): string => `${tradeId}/${version}/${currency}`;

export function onTradeBooked(store: AnalyticsStore, live: Live): Reaction {
  const reactAll = (events: readonly Event[]): Promise<void> => keep({ store, live }, events, ({ data }) => tradeBooked.data.parse(data), async (tx, facts) => {
    const signed = facts.map((fact) => ({
      ...fact, quantity: fact.side === 'BUY' ? fact.quantity : text(decimal(fact.quantity).neg()), baseNet: fact.base?.netAmount ?? null, baseRealized: fact.base?.realizedPnl ?? null,
      cashCurrency: fact.cash?.currency ?? null, cashAmount: fact.cash?.netAmount ?? null,
    }));
    await tx.keepTrades([...new Map(signed.map((fact) => [fact.tradeId, fact])).values()]);
    for (const fact of facts)
      for (const { currency, amount } of fact.charges ?? [])
        await tx.keepFlow({ ...fact, eventId: chargeOf(fact, currency), day: fact.tradeDate, currency, amount: text(decimal(amount).neg()), external: false });
    await tx.keepPositions(lastPositions(facts));
  });
  return { type: tradeBooked.name, acrossKeys: true, react: (event) => reactAll([event]), reactAll };
}

export function onTradeReversed(store: AnalyticsStore, live: Live): Reaction {
  const reactAll = (events: readonly Event[]): Promise<void> => keep({ store, live }, events, ({ data }) => tradeReversed.data.parse(data), async (tx, facts) => {
    await tx.dropTrades(facts);
    await tx.dropFlows(facts.flatMap((fact) => (fact.charges ?? []).map(({ currency }) => chargeOf(fact, currency))));
    await tx.keepPositions(lastPositions(facts));
  });
  return { type: tradeReversed.name, react: (event) => reactAll([event]), reactAll };
}

const EXTERNAL: ReadonlySet<string> = new Set(['DEPOSIT', 'WITHDRAWAL']);
/** Of trades and corporate actions, which are known from what is told of themselves. */
const ELSEWHERE: ReadonlySet<string> = new Set(['TRADE', 'REVERSAL', 'SETTLEMENT', 'CORPORATE_ACTION']);

/** Here all other cash, what comes from outside and goes there apart. */
export function onCashMoved(store: AnalyticsStore, live: Live): Reaction {
  const reactAll = (events: readonly Event[]): Promise<void> => keep({ store, live }, events, ({ data }) => cashMoved.data.parse(data), async (tx, facts) => {
    for (const { kind, effectiveDate, ...flow } of facts)
      if (!ELSEWHERE.has(kind)) await tx.keepFlow({ ...flow, day: effectiveDate, external: EXTERNAL.has(kind) });
  });
  return { type: cashMoved.name, acrossKeys: true, react: (event) => reactAll([event]), reactAll };
}

/** Gains of earlier trades, and what positions cost, have changed; what is held has not. */
export function onLotsReallocated(store: AnalyticsStore, live: Live): Reaction {
  return {
    type: lotsReallocated.name,
    react: (event) => keep({ store, live }, [event], ({ data }) => lotsReallocated.data.parse(data), async (tx, facts) => {
      for (const { portfolioId, organizationId, gains, positions } of facts) {
        await tx.keepGains(gains);
        await tx.keepPositions(positions.map((position) => ({ ...position, portfolioId, organizationId })));
      }
    }),
  };
}
