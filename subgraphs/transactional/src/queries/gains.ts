/**
 * Realised gains: what was closed on some days, with totals. They come from the closings that the books keep, or, as known at an earlier time, from
 * replaying the trades that stood then: always since the first trade, so that no figure depends on the day from which it is asked.
 */
import { badInput } from '@pms/errors';
import { type Decimal, sum } from '@pms/money';
import { type Connection, connectionOf, type Page, type PageArgs, pageOf } from '@pms/subgraph/connection';
import type { TransactionalContext } from '../context.ts';
import { type BaseTotal, baseTotalOf } from '../domain/base-gains.ts';
import { type ClosedLot, compareClosings, type GainTotal, totalsOf } from '../domain/closings.ts';
import { epochDay } from '../domain/days.ts';
import type { ClosingPlace, GainFilter } from '../store/gain-reads.ts';
import type { Moment } from '../store/history-reads.ts';
import { type ClosedAt, closedIn, instrumentKey } from './closings.ts';
import { periodOf } from './journal.ts';

export interface GainsArgs extends PageArgs {
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
  readonly instrumentId?: string | null | undefined;
  readonly asOf?: string | null | undefined;
  readonly knownAt?: string | null | undefined;
}

export interface TotalAt extends GainTotal {
  /** Of losses, by wash sales; positive. */
  disallowed(): Promise<Decimal>;
}

export interface RealizedGains extends Connection<ClosedAt> {
  totals(): Promise<readonly TotalAt[]>;
  /** In the base currency, over all currencies; null where nothing was closed. Throws MISSING_RATE, and BAD_USER_INPUT for more closings than can be added. */
  baseTotal(): Promise<BaseTotal | null>;
}

/** Closings whose base amounts are added in one answer. */
const CLOSINGS_MAX = 20_000;

export async function realizedGainsOf(ctx: TransactionalContext, portfolioId: string, args: GainsArgs): Promise<RealizedGains> {
  const page = pageOf(args);
  const moment: Moment = { asOf: args.asOf ?? null, knownAt: args.knownAt ?? null };
  const { from, to } = periodOf(args.from, args.to);
  const filter: GainFilter = { from, to: earlier(to, moment.asOf), instrumentId: args.instrumentId ?? null };
  const source = moment.knownAt === null ? stored(ctx, portfolioId, filter) : replayedThen(ctx, portfolioId, filter, moment);
  const rows = await source.page(page, placeIn(page));
  return {
    ...connectionOf(rows.map((closing): ClosedAt => ({ ...closing, portfolioId, moment })), page, placeOf),
    async baseTotal() {
      const all = await source.page({ limit: CLOSINGS_MAX + 1, size: CLOSINGS_MAX, backward: false, from: null }, null);
      if (all.length > CLOSINGS_MAX) throw badInput(`more than ${CLOSINGS_MAX} closings cannot be added in the base currency at once: ask for fewer days`);
      const base = ctx.loaders.baseGains(moment);
      const gains = (await Promise.all(all.map((closing) => base.gainOf({ ...closing, portfolioId, moment })))).filter((gain) => gain !== null);
      return gains[0] === undefined ? null : baseTotalOf(gains[0].currency, gains);
    },
    async totals() {
      const [totals, instruments] = await Promise.all([source.totals(), source.instrumentsWithLosses()]);
      const disallowed = once(async () => {
        const found = await ctx.loaders.washSales(moment).loadMany(instruments.map((instrumentId) => instrumentKey({ portfolioId, instrumentId })));
        return found.flatMap((each) => { if (each instanceof Error) throw each; return [...each.values()]; }).filter(({ closing }) => isWithin(closing, filter));
      });
      return totals.map((total) => ({
        ...total,
        disallowed: async () => sum((await disallowed()).filter(({ closing }) => closing.currency === total.currency).map((wash) => wash.disallowed)),
      }));
    },
  };
}

interface Source {
  page(page: Page, after: ClosingPlace | null): Promise<readonly ClosedLot[]>;
  totals(): Promise<readonly GainTotal[]>;
  instrumentsWithLosses(): Promise<readonly string[]>;
}

const stored = ({ store, principal: { organizationId } }: TransactionalContext, portfolioId: string, filter: GainFilter): Source => ({
  page: (page, after) => store.gainsPage(organizationId, portfolioId, filter, page, after),
  totals: () => store.gainTotals(organizationId, portfolioId, filter),
  instrumentsWithLosses: () => store.instrumentsWithLosses(organizationId, portfolioId, filter),
});

function replayedThen(ctx: TransactionalContext, portfolioId: string, filter: GainFilter, moment: Moment): Source {
  const all = once(async () => (await ctx.loaders.replays(moment).load(portfolioId)).flatMap(closedIn).filter((closing) => isWithin(closing, filter)).toSorted(compareClosings));
  return {
    async page(page, after) {
      const ordered = page.backward ? (await all()).toReversed() : await all();
      const sign = page.backward ? -1 : 1;
      return ordered.filter((closing) => after === null || compareClosings(closing, fromPlace(after)) * sign > 0).slice(0, page.limit);
    },
    totals: async () => totalsOf(await all()),
    instrumentsWithLosses: async () => [...new Set((await all()).filter(({ realizedGain }) => realizedGain.isNegative()).map(({ instrumentId }) => instrumentId))],
  };
}

const isWithin = ({ closedOn, instrumentId }: ClosedLot, { from, to, instrumentId: only }: GainFilter): boolean =>
  (from === null || closedOn >= from) && (to === null || closedOn <= to) && (only === null || instrumentId === only);

const earlier = (a: string | null, b: string | null): string | null => (a === null || (b !== null && b < a) ? b : a);

const placeOf = ({ closedOn, sequence, closedBy, instrumentId, currency, line }: ClosedLot): ClosingPlace =>
  [closedOn, String(sequence), closedBy, instrumentId, currency, String(line)];
const fromPlace = ([closedOn, sequence, closedBy, instrumentId, currency, line]: ClosingPlace) =>
  ({ closedOn, sequence: Number(sequence), closedBy, instrumentId, currency, line: Number(line) });

/** Day, order, trade, instrument, currency, line. */
const PLACE = [/^\d{4}-\d{2}-\d{2}$/, /^-?\d{1,18}$/, /./, /./, /^[A-Z]{3}$/, /^\d{1,9}$/];

function placeIn({ from }: Page): ClosingPlace | null {
  if (from === null) return null;
  const [closedOn = '', sequence = '', closedBy = '', instrumentId = '', currency = '', line = ''] = from;
  if (from.length !== PLACE.length || !from.every((part, at) => PLACE[at]?.test(part))) throw badInput('the cursor is not one that this list gave out');
  epochDay(closedOn);
  return [closedOn, sequence, closedBy, instrumentId, currency, line];
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => (running ??= work());
}
