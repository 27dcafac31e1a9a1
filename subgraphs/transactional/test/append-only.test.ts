/** That Postgres itself keeps the journal balanced and as it was written, whatever the role of the domain tries. */
import { newId } from '@pms/events/ids';
import { connect, type Database } from '@pms/prisma/connect';
import { type FrontDoor, frontDoor } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { type World, world } from './world.ts';

let door: FrontDoor;
let w: World;
let domain: Database;
const ROLE = `pms_transactional_${newId('rol').slice(-8)}`;

/** A role with more than the domain's own has: it may do anything with anybody's rows, and owns nothing. What it cannot, nobody can but the owner. */
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph);
  w = await world(door);
  const { rows: [at] } = await door.database.query<{ name: string; host: string; port: string }>(
    `select current_database() as name, host(inet_server_addr()) as host, inet_server_port()::text as port`);
  await door.database.query(`create role ${ROLE} login nosuperuser bypassrls password 'of_a_test'`);
  await door.database.query(`grant usage on schema transactional to ${ROLE}`);
  await door.database.query(`grant select, insert, update, delete, truncate, references on all tables in schema transactional to ${ROLE}`);
  domain = connect(`postgresql://${ROLE}:of_a_test@${at?.host}:${at?.port}/${at?.name}`, { poolMax: 1 });
});
afterAll(async () => {
  await domain.close();
  await door.database.query(`drop owned by ${ROLE}`);
  await door.database.query(`drop role ${ROLE}`);
  await door.close();
});

/** Statements of one transaction, as the domain's role. */
const attempt = (...statements: readonly string[]): Promise<void> =>
  domain.transaction(async (sql) => {
    for (const statement of statements) await sql.query(statement);
  });

const entry = (id: string, portfolio: string, lines: number, number = 1): string =>
  `insert into transactional.journal_entry (id, organization_id, portfolio_id, number, fact_sequence, kind, effective_on, recorded_at, reference, actor, correlation_id, line_count)
   values ('${id}', 'org_one', '${portfolio}', ${number}, 1, 'DEPOSIT', '2026-11-02', now(), 'x', 'usr_x', 'cor_x', ${lines})`;
const line = (entryId: string, at: number, amount: string, currency = 'USD'): string =>
  `insert into transactional.journal_line (entry_id, line, organization_id, account, currency, amount) values ('${entryId}', ${at}, 'org_one', 'FX', '${currency}', ${amount})`;

async function recorded(): Promise<{ id: string; portfolio: string }> {
  const portfolio = await w.open();
  const id = newId('jre');
  await attempt(entry(id, portfolio, 2), line(id, 1, '5'), line(id, 2, '-5'));
  return { id, portfolio };
}

test('an entry that is out of balance in a currency is refused at commit', async () => {
  const [id, portfolio] = [newId('jre'), await w.open()];
  await expect(attempt(entry(id, portfolio, 2), line(id, 1, '5'), line(id, 2, '-4.99'))).rejects.toThrow('does not balance in USD');
  await expect(attempt(entry(id, portfolio, 2), line(id, 1, '5'), line(id, 2, '-5', 'EUR'))).rejects.toThrow('does not balance in EUR');
  await expect(attempt(entry(id, portfolio, 4), line(id, 1, '5'), line(id, 2, '-5', 'EUR'), line(id, 3, '-5'), line(id, 4, '5.01', 'EUR'))).rejects.toThrow('does not balance in EUR');
  await expect(attempt(entry(id, portfolio, 2), line(id, 1, `'NaN'`), line(id, 2, `'NaN'`))).rejects.toThrow('does not balance in USD');
  await expect(attempt(entry(id, portfolio, 1), line(id, 1, '0'))).rejects.toThrow('journal_line_amount_check');
  await expect(attempt(entry(id, portfolio, 2), line(id, 1, '5', 'usd'), line(id, 2, '-5', 'usd'))).rejects.toThrow('journal_line_currency_check');
  await expect(attempt(entry(id, portfolio, 0))).rejects.toThrow('has 0 lines');
});

test('an entry has the lines that it says it has: no fewer, no more, no others', async () => {
  const [id, portfolio] = [newId('jre'), await w.open()];
  await expect(attempt(entry(id, portfolio, 3), line(id, 1, '5'), line(id, 2, '-5'))).rejects.toThrow('has 2 lines and says 3');
  await expect(attempt(entry(id, portfolio, 2), line(id, 1, '5'), line(id, 2, '-5'), line(id, 3, '1'))).rejects.toThrow('is append-only');
  await expect(attempt(line(newId('jre'), 1, '5'))).rejects.toThrow('journal_line_entry_id_fkey');
  const { id: old } = await recorded();
  await expect(attempt(line(old, 3, '5'))).rejects.toThrow('is append-only');
  await expect(attempt(line(old, 3, '5'), line(old, 4, '-5'))).rejects.toThrow('is append-only');
});

test('an entry that was checked early, before the end of its transaction, takes no further line', async () => {
  const [id, portfolio] = [newId('jre'), await w.open()];
  const early = [entry(id, portfolio, 2), line(id, 1, '5'), line(id, 2, '-5'), 'set constraints all immediate'];
  for (const at of [3, 0, -1]) await expect(attempt(...early, line(id, at, '7'))).rejects.toThrow('is append-only');
  await expect(attempt(...early, 'set constraints all deferred', line(id, 3, '7'), line(id, 4, '-7'))).rejects.toThrow('is append-only');
  await expect(attempt('set constraints all immediate', entry(id, portfolio, 2), line(id, 1, '5'), line(id, 2, '-5'))).rejects.toThrow('has 0 lines');
  await attempt(...early);
});

test('a savepoint is no way around: what is rolled back to it, or added after it, is checked', async () => {
  const [id, portfolio] = [newId('jre'), await w.open()];
  await expect(attempt(entry(id, portfolio, 2), line(id, 1, '5'), 'savepoint s', line(id, 2, '-5'), 'rollback to s')).rejects.toThrow('does not balance in USD');
  await expect(attempt('savepoint s', entry(id, portfolio, 2), 'release s', line(id, 1, '5'), line(id, 2, '-4'))).rejects.toThrow(/append-only|does not balance/);
});

test('what was recorded is not changed, removed, overwritten or emptied', async () => {
  const { id } = await recorded();
  const portfolio = await w.open();
  await w.deposit(portfolio, '1');
  const ways = [
    `update transactional.journal_line set amount = 6 where entry_id = '${id}'`, `update transactional.journal_line set amount = amount * 2 where entry_id = '${id}'`,
    `delete from transactional.journal_line where entry_id = '${id}'`, `update transactional.journal_entry set effective_on = '2020-01-01' where id = '${id}'`,
    `update transactional.journal_entry set line_count = 3 where id = '${id}'`, `delete from transactional.journal_entry where id = '${id}'`,
    `update transactional.fact set data = '{}' where portfolio_id = '${portfolio}'`, `delete from transactional.fact where portfolio_id = '${portfolio}'`,
    `${line(id, 1, '6')} on conflict (entry_id, line) do update set amount = excluded.amount`,
    `merge into transactional.journal_line l using (values ('${id}')) as v(id) on l.entry_id = v.id when matched then update set amount = 6`,
    `merge into transactional.journal_line l using (values ('${id}')) as v(id) on l.entry_id = v.id when matched then delete`,
    'truncate transactional.journal_line', 'truncate transactional.journal_entry cascade', 'truncate transactional.journal_entry, transactional.journal_line', 'truncate transactional.fact',
  ];
  for (const way of ways) {
    await expect(attempt(way), way).rejects.toThrow('is append-only');
    await expect(attempt('set constraints all deferred', way), way).rejects.toThrow('is append-only');
  }
  await expect(attempt(line(id, 1, '6'))).rejects.toThrow(/append-only|journal_line_pkey/);
});

test('the guards themselves are out of the role’s reach', async () => {
  const refused = [
    'alter table transactional.journal_line disable trigger all', 'drop trigger journal_entry_balanced on transactional.journal_entry', 'set local session_replication_role = replica',
    'alter table transactional.journal_line drop constraint journal_line_amount_check', 'create table transactional.more () inherits (transactional.journal_line)',
    'create or replace function transactional.refuse_change() returns trigger language plpgsql as $$ begin return null; end $$', 'drop table transactional.journal_line',
  ];
  for (const way of refused) await expect(attempt(way), way).rejects.toThrow(/must be owner|permission denied/);
});

test('an entry is reversed once, and numbers are not given twice', async () => {
  const { id, portfolio } = await recorded();
  const reversal = (of: string, number: number): string[] => {
    const own = newId('jre');
    return [entry(own, portfolio, 2, number).replace(', line_count)', ', line_count, reverses)').replace(/\)$/, `, '${of}')`), line(own, 1, '-5'), line(own, 2, '5')];
  };
  await attempt(...reversal(id, 2));
  await expect(attempt(...reversal(id, 3))).rejects.toThrow('journal_entry_reverses_key');
  const again = newId('jre');
  await expect(attempt(entry(again, portfolio, 2, 2), line(again, 1, '5'), line(again, 2, '-5'))).rejects.toThrow('journal_entry_portfolio_id_number_key');
});
