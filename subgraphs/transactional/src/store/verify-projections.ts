/** What must hold between the journal and the projections, and among these: statements as in verify-journal.ts. */
import type { Check } from './verify-journal.ts';

const differing = (columns: string): string => `cross join lateral (values ${columns}) as x(name, expected, found) where x.expected is distinct from x.found`;
const text = (amount: string): string => `trim_scale(coalesce(${amount}, 0))::text`;
const PROJECTIONS: readonly (readonly [table: string, name: string])[] = [
  ['trade_booking', "'trade ' || trade_id || ' version ' || version"], ['cancelled_trade', "'trade ' || trade_id"], ['tax_lot', "'lot ' || trade_id"], ['position', "'position ' || instrument_id || ' ' || currency"],
  ['cash_balance', "'cash ' || currency"], ['cash_movement', "'movement ' || id"], ['lot_closing', "'closing by ' || closed_by || ' ' || line"],
  ['custody', "'custody ' || instrument_id || ' ' || currency"], ['settlement_claim', "'claim ' || id"],
  ['currency_exchange', "'exchange ' || id"], ['entitlement', "'entitlement ' || id"],
];

export const PROJECTION_CHECKS: readonly Check[] = [
  {
    check: 'what a trade posted is what it moved', table: 'trade_booking',
    sql: `with posted as (select e.reference, e.version, sum(l.amount) filter (where l.account like 'CASH%' and l.currency = coalesce(b.cash_currency, b.currency, l.currency)) as cash, sum(l.amount) filter (where l.account = 'SECURITIES_AT_COST') as cost,
          sum(l.amount) filter (where l.account = 'REALIZED_GAINS') as gain
        from transactional.journal_entry e join transactional.journal_line l on l.entry_id = e.id left join transactional.trade_booking b on b.trade_id = e.reference and b.version = e.version
        where e.portfolio_id = $1 and e.version is not null group by 1, 2),
      booked as (select trade_id as reference, version, case step when 'cancelled' then 0 else amount end as amount,
          case step when 'cancelled' then 0 else coalesce(cash_amount, amount) end as cash, case step when 'cancelled' then 0 else gain end as gain
        from transactional.trade_booking where portfolio_id = $1)
      select 'trade ' || reference || ' version ' || version || ' ' || x.name as what, x.expected, x.found
      from booked b full join posted p using (reference, version) ${differing(`
        ('cash', ${text('-b.cash')}, ${text('p.cash')}), ('securities at cost', ${text('b.amount + b.gain')}, ${text('p.cost')}), ('realised gain', ${text('b.gain')}, ${text('-p.gain')})`)}`,
  },
  {
    check: 'what a trade is charged in other currencies is what it posted', table: 'trade_booking',
    sql: `with posted as (select e.reference, e.version, l.currency, -sum(l.amount) as amount
        from transactional.journal_entry e join transactional.journal_line l on l.entry_id = e.id join transactional.trade_booking b on b.trade_id = e.reference and b.version = e.version
        where e.portfolio_id = $1 and l.account like 'CASH%' and l.currency <> coalesce(b.cash_currency, b.currency) group by 1, 2, 3),
      charged as (select b.trade_id as reference, b.version, c->>'currency' as currency, case b.step when 'cancelled' then 0 else (c->>'amount')::numeric end as amount
        from transactional.trade_booking b, jsonb_array_elements(b.charges) c where b.portfolio_id = $1)
      select 'trade ' || reference || ' version ' || version || ' charge in ' || currency as what, x.expected, x.found
      from charged c full join posted p using (reference, version, currency) ${differing(`('charge', ${text('c.amount')}, ${text('p.amount')})`)}`,
  },
  {
    check: 'a booking is of the fact that booked it', table: 'trade_booking',
    sql: `select 'trade ' || b.trade_id || ' version ' || b.version || ' ' || x.name as what, coalesce(x.expected, 'a fact') as expected, coalesce(x.found, 'nothing') as found
      from transactional.trade_booking b left join transactional.fact f on f.portfolio_id = b.portfolio_id and f.sequence = b.fact_sequence and f.kind = 'TRADE_BOOKED' ${differing(`
        ('trade', f.trade_id || ' ' || f.version, b.trade_id || ' ' || b.version), ('instrument_id', f.instrument_id, b.instrument_id), ('currency', f.currency, b.currency),
        ('traded_on', f.effective_on::text, b.traded_on::text), ('day_order', f.day_order::text, b.day_order::text)`)} and b.portfolio_id = $1`,
  },
  {
    check: 'lots add up to their position', table: 'position',
    sql: `with lots as (select instrument_id, currency, sum(quantity) as quantity, sum(cost) as cost, min(opened_on)::text as opened_on from transactional.tax_lot where portfolio_id = $1 group by 1, 2),
      held as (select * from transactional.position where portfolio_id = $1)
      select 'position ' || instrument_id || ' ' || currency || ' ' || x.name as what, x.expected, x.found from held p full join lots l using (instrument_id, currency) ${differing(`
        ('quantity', ${text('l.quantity')}, ${text('p.quantity')}), ('cost', ${text('l.cost')}, ${text('p.cost')})`)}`,
  },
  {
    check: 'a movement of cash is a fact, and was answered with the cash of its moment', table: 'cash_movement',
    sql: `with entries as (select e.number, e.reference, e.reverses is not null as undoes, l.currency, sum(l.amount) filter (where l.account = 'CASH_SETTLED') as settled,
          sum(l.amount) filter (where l.account = 'CASH_RECEIVABLE') as receivable, -sum(l.amount) filter (where l.account = 'CASH_PAYABLE') as payable
        from transactional.journal_entry e join transactional.journal_line l on l.entry_id = e.id where e.portfolio_id = $1 and l.account like 'CASH%' group by 1, 2, 3, 4),
      after as (select number, reference, undoes, currency, sum(settled) over w as settled, sum(receivable) over w as receivable, sum(payable) over w as payable
        from entries window w as (partition by currency order by number)),
      moved as (select data->>'movementId' as id, case kind when 'CASH_DEPOSITED' then 'DEPOSIT' when 'CASH_WITHDRAWN' then 'WITHDRAWAL' else data->>'item' end as kind, currency, (data->>'amount')::numeric as amount, effective_on, data->>'instrumentId' as instrument_id, (data->>'tax')::numeric as tax from transactional.fact
        where portfolio_id = $1 and kind in ('CASH_DEPOSITED', 'CASH_WITHDRAWN', 'CASH_ITEM_BOOKED')),
      stored as (select * from transactional.cash_movement where portfolio_id = $1)
      select 'movement ' || id || ' ' || x.name as what, coalesce(x.expected, 'nothing') as expected, coalesce(x.found, 'nothing') as found
      from stored m full join moved f using (id) left join after a on a.reference = id and a.currency = f.currency and not a.undoes ${differing(`
        ('kind', f.kind, m.kind), ('currency', f.currency, m.currency),
        ('amount', trim_scale(f.amount)::text, trim_scale(m.amount)::text), ('effective_on', f.effective_on::text, m.effective_on::text),
        ('instrument_id', f.instrument_id, m.instrument_id), ('tax', trim_scale(f.tax)::text, trim_scale(m.tax)::text), ('settled', ${text('a.settled')}, ${text('m.settled')}), ('receivable', ${text('a.receivable')}, ${text('m.receivable')}), ('payable', ${text('a.payable')}, ${text('m.payable')})`)}`,
  },
  {
    check: 'a cancelled trade is remembered as it was cancelled', table: 'cancelled_trade',
    sql: `with said as (select distinct on (trade_id) trade_id, version from transactional.fact where portfolio_id = $1 and kind = 'TRADE_CANCELLED' order by trade_id, sequence),
      kept as (select trade_id, version from transactional.cancelled_trade where portfolio_id = $1)
      select 'trade ' || trade_id as what, coalesce('version ' || s.version, 'nothing') as expected, coalesce('version ' || k.version, 'nothing') as found
      from said s full join kept k using (trade_id) where s.version is distinct from k.version`,
  },
  ...PROJECTIONS.map(([table, name]): Check => ({
    check: 'rows are of the portfolio’s organisation', table,
    sql: `select ${name} as what, $2 as expected, organization_id as found from transactional.${table} where portfolio_id = $1 and organization_id <> $2`,
  })),
];

/** What the custodian holds, and what was traded and is not delivered yet. */
export const CUSTODY_CHECK: Check = {
  check: 'a position is what the custodian holds and what is on its way', table: 'custody',
  sql: `with held as (select instrument_id, currency, quantity from transactional.custody where portfolio_id = $1),
      under_way as (select instrument_id, currency, sum(quantity - part_quantity) as quantity from transactional.trade_booking where portfolio_id = $1 and step not in ('settled', 'cancelled') group by 1, 2),
      positions as (select instrument_id, currency, quantity from transactional.position where portfolio_id = $1)
      select 'position ' || instrument_id || ' ' || currency as what, trim_scale(coalesce(h.quantity, 0)) || ' with the custodian and ' || trim_scale(coalesce(u.quantity, 0)) || ' on its way' as expected,
        trim_scale(coalesce(p.quantity, 0))::text as found
      from held h full join under_way u using (instrument_id, currency) full join positions p using (instrument_id, currency)
      where coalesce(p.quantity, 0) <> coalesce(h.quantity, 0) + coalesce(u.quantity, 0)`,
};

/** Rows of portfolios, or entries, that are not there. Without parameters; gives `table` and `portfolio` besides. */
export const ORPHANS: readonly Check[] = [
  ...['fact', 'journal_entry', ...PROJECTIONS.map(([table]) => table)].map((table): Check => ({
    check: 'every row is of a portfolio', table,
    sql: `select count(*) || ' rows of portfolio ' || portfolio_id as what, 'a portfolio ' || portfolio_id as expected, 'nothing' as found from transactional.${table} r
      where not exists (select from transactional.portfolio p where p.id = r.portfolio_id) group by portfolio_id`,
  })),
  {
    check: 'every line is of an entry', table: 'journal_line',
    sql: `select 'line ' || l.line || ' of entry ' || l.entry_id as what, 'an entry ' || l.entry_id as expected, 'nothing' as found from transactional.journal_line l
      left join transactional.journal_entry e on e.id = l.entry_id where e.id is null`,
  },
];
