/**
 * The same rows by SQL alone, in an empty copy of the same tables on the same server: three transactions a trade (captured, validated, booked),
 * each with its row locks, its changes to cash, positions, counters and statuses, and nothing looked up, checked or worked out.
 */
import pg from 'pg';
import { type Left, type Step, steps, type Table } from './rows.ts';

/** How a transaction is sent: all of it as one statement, or as pgbench would, one statement after another between `begin` and `commit`. */
export type Style = 'one statement a transaction' | 'a statement a table';

/**
 * When a transaction in bulk takes the row locks of its portfolio. `last` leaves them to the end, so that transactions of one portfolio write side by side: rows whose
 * numbers and outcomes are known before anybody has read what they rest on. `first` takes those first that a writer who has to find them out takes first: the cash
 * that a decision rests on, and the counter by which facts and entries are numbered without a gap.
 */
export type Locks = 'last' | 'first';

/** A statement of one trade (or of many) without its values. */
interface Change {
  readonly name: string;
  /** What its row says has to be known before the transaction's other rows can be made. */
  readonly isKnownFirst?: true;
  text(first: number): string;
  /** Of these trades, which are of one portfolio. */
  values(trades: Left['trades']): readonly unknown[];
}

const portfolioOf = (trades: Left['trades']): string => trades[0]?.portfolioId ?? '';
const total = (trades: Left['trades'], of: 'quantity' | 'amount'): string => {
  const [whole, part] = trades.map((trade) => trade[of].split('.')).reduce(([a, b], [c = '0', d = '']) => [a + BigInt(c), b + BigInt(d.padEnd(18, '0'))], [0n, 0n] as [bigint, bigint]);
  const units = whole * 10n ** 18n + part;
  return `${String(units / 10n ** 18n)}.${String(units % 10n ** 18n).padStart(18, '0')}`;
};

const toldOf = (name: string): Change => ({
  name, text: (first) => `update trade_capture.known_portfolio set last_event = last_event + $${String(first + 1)}::int, last_captured_at = now() where id = $${String(first)}`,
  values: (trades) => [portfolioOf(trades), trades.length],
});
const statusOf = (status: string): Change => ({
  name: `status-${status}`, text: (first) => `update trade_capture.trade_version set status = '${status}', status_at = now() where trade_id = any($${String(first)}::text[]) and version = 1`,
  values: (trades) => [trades.map(({ id }) => id)],
});

function changesOf({ instrumentId, organizationId }: Left): Readonly<Record<Step, readonly Change[]>> {
  const keyed = (trades: Left['trades']): readonly unknown[] => [portfolioOf(trades), organizationId];
  return {
    capture: [toldOf('told-captured')],
    validate: [
      { name: 'projected-cash', isKnownFirst: true, text: (first) => `insert into validation.projected_cash as c (portfolio_id, organization_id, currency, amount) values ($${String(first)}, $${String(first + 1)}, 'USD', $${String(first + 2)}::numeric)
          on conflict (portfolio_id, currency) do update set amount = c.amount + excluded.amount`, values: (trades) => [...keyed(trades), total(trades, 'amount')] },
      { name: 'projected-holding', text: (first) => `insert into validation.projected_holding as h (portfolio_id, organization_id, instrument_id, quantity) values ($${String(first)}, $${String(first + 1)}, '${instrumentId}', $${String(first + 2)}::numeric)
          on conflict (portfolio_id, instrument_id) do update set quantity = h.quantity + excluded.quantity`, values: (trades) => [...keyed(trades), total(trades, 'quantity')] },
      statusOf('VALIDATED'), toldOf('told-validated'),
    ],
    book: [
      { name: 'position', text: (first) => `insert into transactional.position as p (portfolio_id, organization_id, instrument_id, currency, quantity, cost, realized, opened_on, last_traded_on, last_trade_id)
          values ($${String(first)}, $${String(first + 1)}, '${instrumentId}', 'USD', $${String(first + 2)}::numeric, $${String(first + 3)}::numeric, 0, current_date, current_date, $${String(first + 4)})
          on conflict (portfolio_id, instrument_id, currency) do update set quantity = p.quantity + excluded.quantity, cost = p.cost + excluded.cost, last_traded_on = excluded.last_traded_on, last_trade_id = excluded.last_trade_id`,
      values: (trades) => [...keyed(trades), total(trades, 'quantity'), total(trades, 'amount'), trades.at(-1)?.id] },
      { name: 'cash', text: (first) => `insert into transactional.cash_balance as c (portfolio_id, organization_id, currency, settled, receivable, payable) values ($${String(first)}, $${String(first + 1)}, 'USD', 0, 0, $${String(first + 2)}::numeric)
          on conflict (portfolio_id, currency) do update set payable = c.payable + excluded.payable`, values: (trades) => [...keyed(trades), total(trades, 'amount')] },
      { name: 'counters', isKnownFirst: true, text: (first) => `update transactional.portfolio set last_fact = last_fact + $${String(first + 1)}::int, last_entry = last_entry + $${String(first + 1)}::int where id = $${String(first)}`,
        values: (trades) => [portfolioOf(trades), trades.length] },
      { name: 'commitment', text: (first) => `update validation.commitment set state = 'BOOKED' where trade_id = any($${String(first)}::text[])`, values: (trades) => [trades.map(({ id }) => id)] },
      statusOf('BOOKED'), toldOf('told-booked'),
    ],
  };
}

const columnsOf = ({ columns }: Table): string => columns.map((column) => `"${column}"`).join(', ');

function insertOf(table: Table, first: number): { text: string; count: number } {
  let next = first;
  const rows = (table.rows[0] ?? []).map(() => `(${table.types.map((type) => `$${String(next++)}::${type}`).join(', ')})`);
  return { text: `insert into ${table.table} (${columnsOf(table)}) values ${rows.join(', ')}`, count: next - first };
}

interface Statement {
  readonly name: string;
  readonly text: string;
  values(at: number): unknown[];
}

/** The statements of one trade's transaction. */
function statementsOf(left: Left, step: Step, style: Style): readonly Statement[] {
  const tables = left.tables.filter((table) => table.step === step);
  const changes = changesOf(left)[step];
  const trade = (at: number): Left['trades'] => left.trades.slice(at, at + 1);
  if (style === 'a statement a table') {
    return [
      ...tables.map((table, at) => ({ name: `${step}-${String(at)}`, text: insertOf(table, 1).text, values: (of: number) => (table.rows[of] ?? []).flat() })),
      ...changes.map((change) => ({ name: change.name, text: change.text(1), values: (of: number) => [...change.values(trade(of))] })),
    ];
  }
  let next = 1;
  const parts: string[] = [];
  for (const table of tables) {
    const { text, count } = insertOf(table, next);
    parts.push(text);
    next += count;
  }
  for (const change of changes) {
    parts.push(change.text(next));
    next += change.values(trade(0)).length;
  }
  return [{
    name: step, text: `with ${parts.map((part, at) => `part_${String(at)} as (${part})`).join(', ')} select 1`,
    values: (of) => [...tables.flatMap((table) => (table.rows[of] ?? []).flat()), ...changes.flatMap((change) => change.values(trade(of)))],
  }];
}

/** The portfolios, without which nothing can be changed. */
export async function withPortfolios(url: string, { trades, organizationId }: Left): Promise<void> {
  const ids = [...new Set(trades.map(({ portfolioId }) => portfolioId))];
  await connected(url, 1, async ([client]) => {
    await client?.query('insert into trade_capture.known_portfolio (id, organization_id) select unnest($1::text[]), $2', [ids, organizationId]);
    await client?.query(`insert into transactional.portfolio (id, organization_id, base_currency, lot_method) select unnest($1::text[]), $2, 'USD', 'FIFO'`, [ids, organizationId]);
  });
}

async function connected<T>(url: string, connections: number, work: (clients: readonly pg.Client[]) => Promise<T>): Promise<T> {
  const clients = await Promise.all(Array.from({ length: connections }, async () => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return client;
  }));
  try {
    return await work(clients);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

/** One trade after another in each connection, three transactions each. Resolves to trades per second. */
export function rawSingly(url: string, left: Left, { connections, style }: { readonly connections: number; readonly style: Style }): Promise<number> {
  const perStep = steps.map((step) => statementsOf(left, step, style));
  return connected(url, connections, async (clients) => {
    let next = 0;
    const begun = performance.now();
    await Promise.all(clients.map(async (client) => {
      for (let at = next++; at < left.trades.length; at = next++)
        for (const statements of perStep) {
          const several = statements.length > 1;
          if (several) await client.query('begin');
          for (const { name, text, values } of statements) await client.query({ name, text, values: values(at) });
          if (several) await client.query('commit');
        }
    }));
    return left.trades.length / ((performance.now() - begun) / 1_000);
  });
}

/** So many trades a transaction, three transactions each, one statement a table. `runs` are the trades of one portfolio each. Resolves to trades per second. */
export function rawInBulk(url: string, left: Left, { connections, tradesPerCommit, locks }: { readonly connections: number; readonly tradesPerCommit: number; readonly locks: Locks }): Promise<number> {
  const runs = [...Map.groupBy(left.trades.keys(), (at) => left.trades[at]?.portfolioId ?? '').values()]
    .flatMap((of) => Array.from({ length: Math.ceil(of.length / tradesPerCommit) }, (_, run) => of.slice(run * tradesPerCommit, (run + 1) * tradesPerCommit)));
  const changes = changesOf(left);
  return connected(url, connections, async (clients) => {
    let next = 0;
    const begun = performance.now();
    await Promise.all(clients.map(async (client) => {
      for (let at = next++; at < runs.length; at = next++)
        for (const step of steps) await bulk(client, left, { step, changes: Object.groupBy(changes[step], ({ isKnownFirst }) => (isKnownFirst === true ? locks : 'last')), run: runs[at] ?? [] });
    }));
    return left.trades.length / ((performance.now() - begun) / 1_000);
  });
}

interface BulkStep {
  readonly step: Step;
  readonly changes: Partial<Record<Locks, readonly Change[]>>;
  readonly run: readonly number[];
}

async function bulk(client: pg.Client, left: Left, { step, changes: { first = [], last = [] }, run }: BulkStep): Promise<void> {
  const trades = run.flatMap((trade) => left.trades[trade] ?? []);
  const change = ({ name, text, values }: Change): Promise<unknown> => client.query({ name, text: text(1), values: [...values(trades)] });
  await client.query('begin');
  for (const each of first) await change(each);
  for (const [at, table] of left.tables.filter((each) => each.step === step).entries()) {
    const rows = run.flatMap((trade) => table.rows[trade] ?? []);
    await client.query({
      name: `bulk-${step}-${String(at)}`,
      text: `insert into ${table.table} (${columnsOf(table)}) select * from unnest(${table.types.map((type, column) => `$${String(column + 1)}::${type}[]`).join(', ')})`,
      values: table.columns.map((_, column) => rows.map((row) => row[column])),
    });
  }
  for (const each of last) await change(each);
  await client.query('commit');
}
