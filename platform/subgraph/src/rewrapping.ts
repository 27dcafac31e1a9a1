/**
 * Wraps the keys of people anew, when the key that wraps them is exchanged for another one: a few hundred a transaction, beside a running platform. The keys of people
 * stay what they are, and with them everything that was sealed, in tables, events, the audit trail and its exports; what was destroyed stays destroyed.
 */
import { type Sql, schemaOf, type Transactions } from '@pms/events/sql';
import { keyWrapping, type Person, type WrappingSecrets } from './person-vault.ts';

const BATCH_MAX = 500;

export interface Rewrapped {
  /** Keys that the current one wraps, afterwards. */
  readonly current: number;
  /** That the other one wrapped, before. */
  readonly other: number;
  /** That neither opens: somebody's data that cannot be read with these secrets. */
  readonly lost: readonly Person[];
  /** That were destroyed, with their persons. */
  readonly destroyed: number;
}

type Row = Person & { readonly wrapped: string | null };

/** `look` writes nothing. */
export type Rewrapping = 'look' | 'wrap';

type Outcome = 'current' | 'other' | 'destroyed' | 'lost';

/** Over all organisations for whom the work acts. Again after an interruption it does what is left. */
export async function rewrapped(database: Transactions, domain: string, { settings, only }: { readonly settings: WrappingSecrets; readonly only: Rewrapping }): Promise<Rewrapped> {
  const table = `${schemaOf(domain)}.person_key`;
  const { wrap, unwrap } = keyWrapping(settings);

  const look = async (sql: Sql, { wrapped, ...person }: Row): Promise<Outcome> => {
    if (wrapped === null) return 'destroyed';
    const opened = await unwrap(person, wrapped).catch(() => null);
    if (opened === null) return 'lost';
    if (opened.by === 'other' && only === 'wrap')
      await sql.query(`update ${table} set wrapped_key = $3 where organization_id = $1 and person_id = $2`, [person.organizationId, person.personId, await wrap(person, opened.key)]);
    return opened.by;
  };
  const batch = ({ organizationId, personId }: Person): Promise<(Person & { readonly outcome: Outcome })[]> => database.transaction(async (sql) => {
    const { rows } = await sql.query<Row>(
      `select organization_id as "organizationId", person_id as "personId", wrapped_key as wrapped from ${table}
        where (organization_id, person_id) > ($1, $2) order by organization_id, person_id limit ${BATCH_MAX} ${only === 'wrap' ? 'for update' : ''}`, [organizationId, personId]);
    const outcomes = [];
    for (const row of rows) outcomes.push({ organizationId: row.organizationId, personId: row.personId, outcome: await look(sql, row) });
    return outcomes;
  });

  const counts: Record<Outcome, number> = { current: 0, other: 0, destroyed: 0, lost: 0 };
  const lost: Person[] = [];
  for (let after: Person | undefined = { organizationId: '', personId: '' }; after !== undefined;) {
    const done: Awaited<ReturnType<typeof batch>> = await batch(after);
    for (const { outcome, ...person } of done) {
      counts[outcome] += 1;
      if (outcome === 'lost') lost.push(person);
    }
    after = done.length < BATCH_MAX ? undefined : done.at(-1);
  }
  const { current, other, destroyed } = counts;
  return { current: only === 'wrap' ? current + other : current, other, destroyed, lost };
}
