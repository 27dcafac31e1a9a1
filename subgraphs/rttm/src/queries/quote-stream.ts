/** The quotes of some instruments as they move: first what is known now, then the newest of each. */
import { badInput, notFound } from '@pms/errors';
import { listen, type Live } from '@pms/events/live';
import { decimal } from '@pms/money';
import { asQuoted } from '@pms/money/quote-unit';
import type { QuoteMessage } from '@pms/schema/events/rttm';
import type { RttmContext } from '../context.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { Quote } from '../domain/quote.ts';
import { following } from './following.ts';
import { quotesOf } from './quotes-of.ts';

const INSTRUMENTS_MAX = 500;

/** Throws NOT_FOUND when one of them is unknown or another organisation's. */
export async function quoteStream(ctx: RttmContext, instrumentIds: readonly string[]): Promise<AsyncIterableIterator<Quote>> {
  const ids = [...new Set(instrumentIds)];
  if (ids.length === 0 || ids.length > INSTRUMENTS_MAX) throw badInput(`1 to ${INSTRUMENTS_MAX} instruments at a time`);
  const found = await ctx.store.instruments(ctx.principal.organizationId, ids);
  const instruments = new Map(found.map((instrument) => [instrument.id, instrument]));
  const missing = ids.find((id) => !instruments.has(id));
  if (missing !== undefined) throw notFound('instrument', missing);
  // listening begins before the present quotes are read, so that none is missed in between
  const moving = messages(ctx.live, ids);
  try {
    const present = await quotesOf(ctx, ctx.principal.organizationId, found);
    return following(present.filter((quote) => quote !== null), moving, (message) => quoteOf(instruments.get(message.instrumentId) as Instrument, message));
  } catch (error) {
    await moving.return?.();
    throw error;
  }
}

const messages = (live: Live, ids: readonly string[]): AsyncIterableIterator<QuoteMessage> =>
  listen<QuoteMessage>(live, ids.map((id) => `quotes/${id}`), { keep: 'latest', keyOf: ({ instrumentId }) => instrumentId });

const quoteOf = (instrument: Instrument, { last, previousClose, time, simulated }: QuoteMessage): Quote => ({
  instrument, last: asQuoted(decimal(last), instrument.quoteUnit), previousClose: previousClose === null ? null : asQuoted(decimal(previousClose), instrument.quoteUnit),
  time: new Date(time), simulated, source: simulated ? 'SIMULATED_TAPE' : 'FEED',
});
