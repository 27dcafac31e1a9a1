/** What a transaction of this domain may do. Many rows go in one statement. */
import { gathered } from '@pms/events/gathered';
import { notHandled } from '@pms/events/inbox';
import type { Sql } from '@pms/events/sql';
import type { Work } from '@pms/events/unit-of-work';
import type { Decimal } from '@pms/money';
import { books } from './books.ts';
import { type Amounts, type Decided, type DecidedOf, recordDecided } from './decided.ts';
import { decisionWrites } from './decision-writes.ts';
import type { LockedPortfolio } from './records.ts';
import { ruleWrites } from './rule-writes.ts';

export type ValidationWrites = ReturnType<typeof writes>;

export function writes({ sql, outbox, firstSight, firstSights }: Work) {
  const lock = lockTogether(sql);
  const record = gathered(async (asked: readonly (DecidedOf & { readonly at: Date })[]) => {
    const [first] = asked;
    if (first !== undefined) await recordDecided(sql, asked, first.at);
    return asked.map(() => undefined);
  });
  return {
    outbox, firstSight, firstSights, ...books(sql), ...decisionWrites(sql), ...ruleWrites(sql),

    /** Those of the events that were not handled, in this transaction or before. */
    notHandled: <E extends { readonly id: string }>(events: readonly E[]): Promise<readonly E[]> => notHandled(sql, 'validation', events),

    /** Locked until the transaction ends: decisions, bookings and deposits of one portfolio are taken one after another. */
    lockPortfolio: (organizationId: string, id: string): Promise<LockedPortfolio | null> => lock({ organizationId, id }),

    async saveCash({ id, organizationId }: LockedPortfolio, cash: Amounts): Promise<void> {
      await sql.query(
        `insert into validation.projected_cash (portfolio_id, organization_id, currency, amount) select $1, $2, * from unnest($3::text[], $4::numeric[])
         on conflict (portfolio_id, currency) do update set amount = excluded.amount`,
        [id, organizationId, cash.map(([currency]) => currency), cash.map(([, amount]) => amount.toFixed())]);
    },

    async saveHoldings({ id, organizationId }: LockedPortfolio, holdings: Amounts): Promise<void> {
      await sql.query(
        `insert into validation.projected_holding (portfolio_id, organization_id, instrument_id, quantity) select $1, $2, * from unnest($3::text[], $4::numeric[])
         on conflict (portfolio_id, instrument_id) do update set quantity = excluded.quantity`,
        [id, organizationId, holdings.map(([instrumentId]) => instrumentId), holdings.map(([, quantity]) => quantity.toFixed())]);
    },

    recordDecided: (portfolio: LockedPortfolio, decided: Decided, at: Date): Promise<void> => record({ portfolio, decided, at }),

    /** The commitments that are of these versions stand as they were booked; projected cash follows. Behind the portfolios' locks. */
    countAsBooked: gathered(async (asked: readonly (readonly BookedVersion[])[]): Promise<void[]> => {
      const booked = asked.flat();
      if (booked.length > 0)
        await sql.query(COUNT_AS_BOOKED, [booked.map(({ organizationId }) => organizationId), booked.map(({ tradeId }) => tradeId), booked.map(({ version }) => version),
          booked.map(({ cash }) => cash.toFixed())]);
      return asked.map(() => undefined);
    }),

    /** The commitments stand as they were booked. */
    async markBooked(booked: readonly { readonly tradeId: string; readonly cash: Decimal }[]): Promise<void> {
      if (booked.length === 0) return;
      await sql.query(
        `update validation.commitment c set state = 'BOOKED', cash = booked.cash
         from unnest($1::text[], $2::numeric[]) as booked(trade_id, cash) where c.trade_id = booked.trade_id`,
        [booked.map(({ tradeId }) => tradeId), booked.map(({ cash }) => cash.toFixed())]);
    },

    async release(tradeId: string): Promise<void> {
      await sql.query('delete from validation.commitment where trade_id = $1', [tradeId]);
    },

    async knowPortfolio(portfolio: LockedPortfolio): Promise<void> {
      await sql.query('insert into validation.known_portfolio (id, organization_id, base_currency) values ($1, $2, $3) on conflict (id) do nothing',
        [portfolio.id, portfolio.organizationId, portfolio.baseCurrency]);
    },

    async knowInstruments(instruments: readonly { readonly id: string; readonly organizationId: string; readonly symbol: string; readonly assetClass: string; readonly currency: string; readonly quoteUnit: string | null }[]): Promise<void> {
      await sql.query(
        `insert into validation.known_instrument (id, organization_id, symbol, asset_class, currency, quote_unit)
         select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) on conflict (id) do nothing`,
        [instruments.map(({ id }) => id), instruments.map(({ organizationId }) => organizationId), instruments.map(({ symbol }) => symbol),
          instruments.map(({ assetClass }) => assetClass), instruments.map(({ currency }) => currency), instruments.map(({ quoteUnit }) => quoteUnit)]);
    },

    /** Later records of a day replace earlier ones; each pair is there once. */
    async recordCloses(closes: readonly { readonly instrumentId: string; readonly organizationId: string; readonly day: string; readonly close: string }[]): Promise<void> {
      await sql.query(
        `insert into validation.close_price (instrument_id, organization_id, day, close) select * from unnest($1::text[], $2::text[], $3::date[], $4::numeric[])
         on conflict (instrument_id, day) do update set close = excluded.close`,
        [closes.map(({ instrumentId }) => instrumentId), closes.map(({ organizationId }) => organizationId), closes.map(({ day }) => day), closes.map(({ close }) => close)]);
    },
  };
}

interface BookedVersion {
  readonly organizationId: string;
  readonly tradeId: string;
  readonly version: number;
  readonly cash: Decimal;
}

const COUNT_AS_BOOKED = `
  with counting as (
    select c.organization_id, c.portfolio_id, c.currency, c.trade_id, told.cash, told.cash - c.cash as more
    from unnest($1::text[], $2::text[], $3::int[], $4::numeric[]) as told(organization_id, trade_id, version, cash)
    join validation.commitment c using (organization_id, trade_id, version)
  ), marked as (
    update validation.commitment c set state = 'BOOKED', cash = counting.cash from counting where c.trade_id = counting.trade_id
  )
  insert into validation.projected_cash as p (organization_id, portfolio_id, currency, amount)
  select organization_id, portfolio_id, currency, sum(more) from counting group by 1, 2, 3 having sum(more) <> 0
  on conflict (portfolio_id, currency) do update set amount = p.amount + excluded.amount`;

/** Of several portfolios in the order of their ids, so that nobody waits in a circle. */
const lockTogether = (sql: Sql) => gathered(async (asked: readonly { readonly organizationId: string; readonly id: string }[]): Promise<(LockedPortfolio | null)[]> => {
  const { rows } = await sql.query<LockedPortfolio>(
    `select id, organization_id as "organizationId", base_currency as "baseCurrency" from validation.known_portfolio
     join unnest($1::text[], $2::text[]) as asked(organization_id, id) using (organization_id, id) order by id for update of known_portfolio`,
    [asked.map(({ organizationId }) => organizationId), asked.map(({ id }) => id)]);
  return asked.map(({ organizationId, id }) => rows.find((row) => row.id === id && row.organizationId === organizationId) ?? null);
});
