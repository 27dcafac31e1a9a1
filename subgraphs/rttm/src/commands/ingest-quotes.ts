/** Takes the newest prices from a service. Refused as a whole: unknown instruments, prices not above zero, times in the future. */
import { invalid } from '@pms/errors';
import { decimal } from '@pms/money';
import type { RttmContext } from '../context.ts';
import { utcDay } from '../domain/days.ts';
import { previousClose, type Tick, type ToldTick } from '../domain/quote.ts';
import { findInstruments, type Named } from './find-instrument.ts';
import { spreadTicks } from './spread-ticks.ts';

const QUOTES_MAX = 1_000;
const AHEAD_MAX_MS = 60_000;

export interface QuoteInput extends Named {
  readonly last: string;
  /** RFC 3339. */
  readonly time: string;
}

export interface Ingested {
  readonly accepted: number;
  readonly outdated: number;
}

export async function ingestQuotes(ctx: RttmContext, quotes: readonly QuoteInput[]): Promise<Ingested> {
  const { principal, store, now } = ctx;
  if (quotes.length === 0 || quotes.length > QUOTES_MAX) throw invalid(`1 to ${QUOTES_MAX} quotes at a time`, 'quotes');
  quotes.forEach((quote, index) => check(quote, index, now()));
  const instruments = await findInstruments(ctx, quotes, (index) => ['quotes', String(index)]);
  const ticks = newestOfEach(quotes.map(({ last, time }, index) =>
    ({ instrumentId: instruments[index]?.id ?? '', last: decimal(last), time: new Date(time), simulated: false })));
  const { organizationId } = principal;
  const kept = await store.work((unit) => unit.keepNewerQuotes(organizationId, ticks, now()));
  const closes = await store.newestCloses(organizationId, [...kept]);
  const known = new Map(instruments.map((instrument) => [instrument.id, instrument]));
  const told = ticks.filter(({ instrumentId }) => kept.has(instrumentId)).map((tick): ToldTick => ({
    ...tick, organizationId, currency: known.get(tick.instrumentId)?.currency ?? '', quoteUnit: known.get(tick.instrumentId)?.quoteUnit ?? null,
    previousClose: previousClose(closes.get(tick.instrumentId) ?? [], utcDay(tick.time)),
  }));
  await spreadTicks(ctx, told, () => ctx.origin);
  return { accepted: kept.size, outdated: quotes.length - kept.size };
}

function check({ last, time }: QuoteInput, index: number, now: Date): void {
  if (!decimal(last).greaterThan(0)) throw invalid('a price is above zero', 'quotes', String(index), 'last');
  if (Date.parse(time) - now.getTime() > AHEAD_MAX_MS) throw invalid('the time is in the future', 'quotes', String(index), 'time');
}

/** Of several quotes of one instrument only the newest counts; the others are out of date at once. */
function newestOfEach(ticks: readonly Tick[]): Tick[] {
  const newest = new Map<string, Tick>();
  for (const tick of ticks) {
    const before = newest.get(tick.instrumentId);
    if (before === undefined || before.time <= tick.time) newest.set(tick.instrumentId, tick);
  }
  return [...newest.values()];
}
