/** Every acknowledged mutation is there once, whatever was refused is not there, and what nobody knows the end of is there once at most. */
import type pg from 'pg';
import type { Kind, Violation, Write } from '../load/recorded.ts';
import { databaseNow } from '../support/cluster.ts';
import { session } from '../support/postgres.ts';
import type { Check } from './subject.ts';

/** How often each key is in the database, with the id of what it made. */
const FINDING: Readonly<Partial<Record<Kind, string>>> = {
  createPortfolio: 'select idempotency_key as key, id from portfolio.portfolio',
  capture: 'select external_id as key, id from trade_capture.trade',
  amend: `select idempotency_key as key, trade_id as id from trade_capture.trade_version where kind = 'AMENDMENT'`,
  cancel: `select idempotency_key as key, trade_id as id from trade_capture.trade_version where kind = 'CANCELLATION'`,
  deposit: `select m.idempotency_key as key, m.portfolio_id as id from transactional.cash_movement m
              join transactional.fact f on f.portfolio_id = m.portfolio_id and f.kind = 'CASH_DEPOSITED' and f.data->>'movementId' = m.id and (f.data->>'amount')::numeric = m.amount`,
  withdraw: 'select idempotency_key as key, portfolio_id as id from transactional.cash_movement',
};

export const acknowledgedOnce: Check = {
  name: 'every acknowledged mutation is there exactly once, and nothing that was refused',
  find: ({ cluster, load }) => session(databaseNow(cluster), async (client) => {
    const violations: Violation[] = [];
    for (const [kind, statement] of Object.entries(FINDING))
      violations.push(...judgePresence(load.history.writes.filter((write) => write.kind === kind), await found(client, statement)));
    return violations;
  }),
};

async function found(client: pg.Client, statement: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await client.query<{ key: string | null; id: string }>(statement);
  const ids = new Map<string, string[]>();
  for (const { key, id } of rows) if (key !== null) ids.set(key, [...(ids.get(key) ?? []), id]);
  return ids;
}

/** `there` has the ids of what was found under each key. */
export function judgePresence(writes: readonly Write[], there: ReadonlyMap<string, readonly string[]>): Violation[] {
  return writes.flatMap(({ kind, key, object, outcome, attempts }) => {
    const ids = there.get(key) ?? [];
    const detail = `${kind} ${key} (${outcome} after ${String(attempts)} attempts) is there ${String(ids.length)} times`;
    if (ids.length > 1) return [{ name: 'doubled', detail }];
    if (outcome === 'acknowledged' && ids.length === 0) return [{ name: 'lost', detail }];
    if (outcome === 'refused' && ids.length > 0) return [{ name: 'present although refused', detail }];
    if (outcome === 'acknowledged' && object !== '' && ids[0] !== object) return [{ name: 'another than was acknowledged', detail: `${kind} ${key} was acknowledged as ${object} and is ${String(ids[0])}` }];
    return [];
  });
}

interface Amount { readonly id: string; readonly cents: string }

/** Savings hold exactly what was paid in: nothing else moves them. */
export const balancesAddUp: Check = {
  name: 'the balance of each savings portfolio is the sum of its deposits',
  find: ({ cluster, load }) => session(databaseNow(cluster), async (client) => {
    const { rows } = await client.query<Amount>(`select l.id, round(l.amount * 100)::text as cents from (
      select e.portfolio_id as id, sum(l.amount) as amount from transactional.journal_line l join transactional.journal_entry e on e.id = l.entry_id
       where l.account like 'CASH%' or l.account like 'cash%' group by 1) as l`);
    const { rows: paid } = await client.query<{ key: string }>('select idempotency_key as key from transactional.cash_movement');
    const there = new Set(paid.map(({ key }) => key));
    const balances = new Map(rows.map(({ id, cents }) => [id, Number(cents)]));
    const deposits = load.history.writes.filter(({ kind, wrong, key }) => kind === 'deposit' && !wrong && there.has(key) && !key.endsWith('-funds'));
    return [...Map.groupBy(deposits, ({ object }) => object)].flatMap(([object, of]) => {
      const sum = of.reduce((total, { value }) => total + value, 0);
      return balances.get(object) === sum ? [] : [{ name: 'wrong balance', detail: `${object} has ${String(balances.get(object))} cents; deposits come to ${String(sum)}` }];
    });
  }),
};
