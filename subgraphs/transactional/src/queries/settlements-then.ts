/** How settlements stood on a day, as they were known at a time: the facts of the version that was booked last then, told to the saga again. */
import { tradeFacts } from '@pms/schema/events/trade-capture';
import { type BookedVersion, bookingIn } from '../domain/booked-version.ts';
import type { BooksStore } from '../store/books-store.ts';
import type { Moment } from '../store/history-reads.ts';
import type { SettlementView, VersionFact } from '../store/operations-reads.ts';

/** By trade; none for one that was not booked then. */
export async function settlementsThen(store: BooksStore, organizationId: string, tradeIds: readonly string[], moment: Moment): Promise<Map<string, SettlementView>> {
  const history = await store.settlementHistory(organizationId, tradeIds, moment);
  const versions = new Map([...history].flatMap(([tradeId, facts]) => { const last = lastBooked(facts); return last === null ? [] : [[tradeId, last] as const]; }));
  const bookings = new Map([...versions].map(([tradeId, version]) => [tradeId, { ...bookingIn(tradeFacts.parse(version.data), version), portfolioId: (version.data as { readonly portfolioId: string }).portfolioId }]));
  const markets = await store.marketsOf(organizationId, [...bookings.values()].map(({ instrumentId }) => instrumentId));
  return new Map([...bookings].map(([tradeId, booking]) => [tradeId, { ...booking, mic: markets.get(booking.instrumentId) ?? null, moment }]));
}

function lastBooked(facts: readonly VersionFact[]): BookedVersion | null {
  const booked = facts.findLast(({ kind }) => kind === 'TRADE_BOOKED');
  if (booked === undefined) return null;
  return { sequence: booked.sequence, data: booked.data, later: facts.filter(({ version, sequence }) => version === booked.version && sequence > booked.sequence) };
}
