/** The newest price of an instrument, chosen among what was ingested, what the tape makes up, and the last close. Prices are in the unit that the instrument is quoted in. */
import type { Decimal } from '@pms/money';
import type { QuoteUnit } from '@pms/money/quote-unit';
import type { Close } from './prices.ts';
import { addDays, type Day, utcDay } from './days.ts';
import type { Instrument } from './instrument.ts';

export type QuoteSource = 'FEED' | 'SIMULATED_TAPE' | 'LAST_CLOSE';

/** A price at an instant, from a feed. */
export interface Tick {
  readonly instrumentId: string;
  readonly last: Decimal;
  readonly time: Date;
  readonly simulated: boolean;
}

/** A tick with what its listeners are told beside it. */
export interface ToldTick extends Tick {
  readonly organizationId: string;
  readonly currency: string;
  readonly quoteUnit: QuoteUnit | null;
  readonly previousClose: Decimal | null;
}

export interface Quote {
  readonly instrument: Instrument;
  readonly last: Decimal;
  readonly previousClose: Decimal | null;
  readonly time: Date;
  readonly simulated: boolean;
  readonly source: QuoteSource;
}

export interface Known {
  readonly instrument: Instrument;
  /** The newest closes, newest first; two are enough. */
  readonly closes: readonly Pick<Close, 'date' | 'close' | 'simulated'>[];
  readonly ingested: Tick | null;
  readonly tape: Tick | null;
}

/** Null when no price is known at all. An ingested quote stands above the tape where it is of after `standingSince`. */
export function newestQuote({ instrument, closes, ingested, tape }: Known, now: Date, standingSince: Date): Quote | null {
  const tick = newestTick(ingested, tape, standingSince);
  const [close] = closes;
  if (tick !== null && (close === undefined || utcDay(tick.time) >= close.date)) return quoteOf(instrument, tick, tick === ingested ? 'FEED' : 'SIMULATED_TAPE', closes);
  if (close === undefined) return null;
  // a close is of its day's end, and yet never of a moment to come
  const end = new Date(Math.min(Date.parse(`${addDays(close.date, 1)}T00:00:00Z`) - 1, now.getTime()));
  return { instrument, last: close.close, previousClose: closes[1]?.close ?? null, time: end, simulated: close.simulated, source: 'LAST_CLOSE' };
}

/** An ingested quote gives way to the tape, where there is one, once it is too old to stand above it. */
function newestTick(ingested: Tick | null, tape: Tick | null, standingSince: Date): Tick | null {
  if (tape === null || ingested === null) return ingested ?? tape;
  return ingested.time > standingSince ? ingested : tape;
}

const quoteOf = (instrument: Instrument, { last, time, simulated }: Tick, source: QuoteSource, closes: Known['closes']): Quote => ({
  instrument, last, time, simulated, source, previousClose: previousClose(closes, utcDay(time)),
});

/** The last close before a day; `closes` newest first. */
export const previousClose = (closes: Known['closes'], day: Day): Decimal | null => closes.find(({ date }) => date < day)?.close ?? null;

export const change = ({ last, previousClose: previous }: Quote): Decimal | null => (previous === null ? null : last.minus(previous));

/** In percent. */
export const changePercent = (quote: Quote): number | null =>
  quote.previousClose === null ? null : quote.last.div(quote.previousClose).minus(1).times(100).toNumber();
