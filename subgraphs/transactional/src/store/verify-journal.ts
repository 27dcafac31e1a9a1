/**
 * What must hold of facts and journal, as statements that find where it does not: `$1` is the portfolio, `$2` its organisation; each gives
 * what, expected, found. The database goes through the rows; at most a bounded number of findings comes back.
 */

export interface Check {
  readonly check: string;
  readonly table: string;
  readonly sql: string;
}

/** Each name with what it has to be and what it is; those that are the same are left out. */
const compared = (values: string): string => `cross join lateral (values ${values}) as x(name, expected, found) where x.expected is distinct from x.found`;

const gaps = (table: string, column: string): string =>
  `select '${column} ' || n.number as what, '${column} ' || n.expected as expected, 'a gap before ' || n.number as found
   from (select ${column} as number, lag(${column}, 1, 0::bigint) over (order by ${column}) + 1 as expected from transactional.${table} where portfolio_id = $1) n where n.number <> n.expected`;

export const JOURNAL_CHECKS: readonly Check[] = [
  { check: 'facts are numbered without gaps', table: 'fact', sql: gaps('fact', 'sequence') },
  { check: 'entries are numbered without gaps', table: 'journal_entry', sql: gaps('journal_entry', 'number') },
  {
    check: 'the portfolio knows its last fact and its last entry', table: 'portfolio',
    sql: `select x.name as what, x.expected, x.found from transactional.portfolio p ${compared(`
      ('last_fact', (select coalesce(max(sequence), 0)::text from transactional.fact f where f.portfolio_id = $1), p.last_fact::text),
      ('last_entry', (select coalesce(max(number), 0)::text from transactional.journal_entry e where e.portfolio_id = $1), p.last_entry::text)`)} and p.id = $1`,
  },
  {
    check: 'every entry balances in each currency', table: 'journal_line',
    sql: `select 'entry ' || e.id as what, 'lines that add up to 0 ' || l.currency as expected, trim_scale(sum(l.amount))::text as found
      from transactional.journal_entry e join transactional.journal_line l on l.entry_id = e.id where e.portfolio_id = $1 group by e.id, l.currency having sum(l.amount) <> 0`,
  },
  {
    check: 'the journal balances in each currency', table: 'journal_line',
    sql: `select 'all lines in ' || l.currency as what, '0' as expected, trim_scale(sum(l.amount))::text as found
      from transactional.journal_entry e join transactional.journal_line l on l.entry_id = e.id where e.portfolio_id = $1 group by l.currency having sum(l.amount) <> 0`,
  },
  {
    check: 'every entry has its lines', table: 'journal_line',
    sql: `select 'entry ' || e.id as what, e.line_count || ' lines' as expected, count(l.line) || ' lines' as found
      from transactional.journal_entry e left join transactional.journal_line l on l.entry_id = e.id
      where e.portfolio_id = $1 group by e.id, e.line_count having count(l.line) <> e.line_count or coalesce(max(l.line), 0) <> e.line_count`,
  },
  {
    check: 'every entry records a fact as it was recorded', table: 'journal_entry',
    sql: `select 'entry ' || e.id || ' ' || x.name as what, x.expected, coalesce(x.found, 'nothing') as found
      from transactional.journal_entry e left join transactional.fact f on f.portfolio_id = e.portfolio_id and f.sequence = e.fact_sequence
      left join transactional.fact b on b.trade_id = e.reference and b.version = e.version and b.kind = 'TRADE_BOOKED'
      ${compared(`
        ('fact', e.fact_sequence::text, f.sequence::text), ('recorded_at', f.recorded_at::text, e.recorded_at::text), ('actor', f.actor, e.actor), ('correlation_id', f.correlation_id, e.correlation_id),
        ('reason', coalesce(f.reason, ''), coalesce(e.reason, '')),
        ('kind', case when e.kind = 'LOTS_REALLOCATED' then e.kind else case f.kind when 'TRADE_BOOKED' then 'TRADE_BOOKED' when 'TRADE_SETTLED' then 'TRADE_SETTLED' when 'TRADE_REVERSED' then 'REVERSAL' when 'SETTLEMENT_REVERSED' then 'REVERSAL'
           when 'CASH_MOVEMENT_REVERSED' then 'REVERSAL' when 'CURRENCY_EXCHANGE_CANCELLED' then 'REVERSAL' when 'CLAIM_CANCELLED' then 'REVERSAL'
           when 'CASH_DEPOSITED' then 'DEPOSIT' when 'CASH_WITHDRAWN' then 'WITHDRAWAL' else e.kind end end, e.kind),
        ('reference', case when e.kind in ('TRADE_BOOKED', 'TRADE_SETTLED') or (e.kind = 'REVERSAL' and e.version is not null) then coalesce(f.trade_id || ' ' || f.version, e.reference || ' ' || e.version)
           when e.kind in ('DEPOSIT', 'WITHDRAWAL') then f.data->>'movementId' || ' ' else e.reference || ' ' || coalesce(e.version::text, '') end, e.reference || ' ' || coalesce(e.version::text, '')),
        ('effective_on', case when e.kind in ('TRADE_BOOKED', 'TRADE_SETTLED', 'DEPOSIT', 'WITHDRAWAL') then f.effective_on::text
           when e.kind = 'LOTS_REALLOCATED' then coalesce(b.effective_on, e.effective_on)::text else e.effective_on::text end, e.effective_on::text)`)} and e.portfolio_id = $1`,
  },
  {
    check: 'a reversal mirrors one earlier entry', table: 'journal_entry',
    sql: `select 'entry ' || e.id as what, 'the lines of entry ' || coalesce(e.reverses, '?') || ' with the other sign, and its day' as expected,
        case when e.reverses is null then 'it names no entry' when o.id is null then 'there is no such entry' when o.reference <> e.reference then 'one of ' || e.reference when o.portfolio_id <> e.portfolio_id then 'it is another portfolio''s'
          when o.number >= e.number then 'a later entry' when o.effective_on <> e.effective_on then e.effective_on::text else 'other lines' end as found
      from transactional.journal_entry e left join transactional.journal_entry o on o.id = e.reverses left join transactional.fact f on f.portfolio_id = e.portfolio_id and f.sequence = e.fact_sequence
      where e.portfolio_id = $1 and e.kind = 'REVERSAL' and (o.id is null or o.reference <> e.reference or o.portfolio_id <> e.portfolio_id or o.number >= e.number or o.line_count <> e.line_count
        or (f.kind in ('TRADE_REVERSED', 'CASH_MOVEMENT_REVERSED', 'CURRENCY_EXCHANGE_CANCELLED', 'CLAIM_CANCELLED') and o.effective_on <> e.effective_on)
        or exists (select account, currency, instrument_id, -amount from transactional.journal_line where entry_id = o.id
          except all select account, currency, instrument_id, amount from transactional.journal_line where entry_id = e.id))`,
  },
  {
    check: 'only a reversal undoes an entry', table: 'journal_entry',
    sql: `select 'entry ' || id as what, 'a reversal' as expected, kind as found from transactional.journal_entry where portfolio_id = $1 and reverses is not null and kind <> 'REVERSAL'`,
  },
  {
    check: 'a booked trade is recorded under what it says of itself', table: 'fact',
    sql: `select 'fact ' || f.sequence || ' ' || x.name as what, coalesce(x.expected, 'nothing') as expected, coalesce(x.found, 'nothing') as found from transactional.fact f ${compared(`
        ('trade_id', f.data->>'tradeId', f.trade_id), ('version', f.data->>'version', f.version::text), ('instrument_id', f.data->>'instrumentId', f.instrument_id), ('currency', f.data->>'currency', f.currency),
        ('effective_on', f.data->>'tradeDate', f.effective_on::text), ('portfolio_id', f.data->>'portfolioId', f.portfolio_id),
        ('day_order', (extract(epoch from (f.data->>'capturedAt')::timestamptz) * 1000000)::bigint::text, f.day_order::text)`)} and f.portfolio_id = $1 and f.kind = 'TRADE_BOOKED'`,
  },
  {
    check: 'what happens to a booked trade names it', table: 'fact',
    sql: `select 'fact ' || f.sequence as what, 'a booked version with its instrument, currency and order' as expected, concat_ws(' ', f.trade_id, f.version, f.instrument_id, f.currency, f.day_order) as found
      from transactional.fact f where f.portfolio_id = $1 and f.kind in ('TRADE_SETTLED', 'TRADE_REVERSED', 'SETTLEMENT_FAILED', 'SETTLEMENT_REVERSED', 'SETTLEMENT_PARKED', 'SETTLEMENT_RELEASED') and not exists (select from transactional.fact b
        where b.portfolio_id = f.portfolio_id and b.kind = 'TRADE_BOOKED' and b.trade_id = f.trade_id and b.version = f.version and b.sequence < f.sequence
          and b.instrument_id = f.instrument_id and b.currency = f.currency and b.day_order = f.day_order)`,
  },
  ...['fact', 'journal_entry'].map((table): Check => ({
    check: 'rows are of the portfolio’s organisation', table,
    sql: `select '${table} ${table === 'fact' ? "' || sequence" : "' || id"} as what, $2 as expected, organization_id as found from transactional.${table} where portfolio_id = $1 and organization_id <> $2`,
  })),
  {
    check: 'rows are of the portfolio’s organisation', table: 'journal_line',
    sql: `select 'line ' || l.line || ' of entry ' || e.id as what, $2 as expected, l.organization_id as found
      from transactional.journal_entry e join transactional.journal_line l on l.entry_id = e.id where e.portfolio_id = $1 and l.organization_id <> $2`,
  },
];
