/** Many rows of many tables in one statement: under load a round trip costs more than the writing itself. */
import type { Sql } from '@pms/events/sql';

export type Column = readonly [name: string, type: 'text' | 'bigint' | 'int' | 'numeric' | 'date' | 'jsonb' | 'boolean'];

/** A part of a statement; its parameters are numbered from `first`. */
export interface Part {
  readonly values: readonly unknown[];
  text(first: number): string;
}

export interface Insertion {
  readonly table: string;
  readonly columns: readonly Column[];
  /** Values in the order of `columns`. */
  readonly rows: readonly (readonly unknown[])[];
  /** A column that gets the moment of writing, by the database's clock: one moment for the whole statement. */
  readonly stamped?: string;
  /** What follows, such as an `on conflict` clause. */
  readonly then?: string;
}

/** None for no rows. */
export function insertion({ table, columns, rows, stamped, then = '' }: Insertion): Part[] {
  if (rows.length === 0) return [];
  const names = columns.map(([name]) => name);
  return [{
    values: columns.map((_, at) => rows.map((row) => row[at] ?? null)),
    text: (first) => {
      const arrays = columns.map(([, type], at) => `$${first + at}::${type}[]`).join(', ');
      return `insert into transactional.${table} (${[...names, ...(stamped === undefined ? [] : [stamped])].join(', ')})
        select given.*${stamped === undefined ? '' : ', clock.at'} from unnest(${arrays}) as given${stamped === undefined ? '' : ', clock'} ${then}`;
    },
  }];
}

/** For an insertion that takes the place of what is there. */
export function upsert(key: string, columns: readonly Column[]): string {
  const keys = key.split(', ');
  return `on conflict (${key}) do update set ${columns.filter(([name]) => !keys.includes(name)).map(([name]) => `${name} = excluded.${name}`).join(', ')}`;
}

/** Runs parts that do not depend on each other: no row may be touched by two of them. */
export async function writeTogether(sql: Sql, parts: readonly Part[]): Promise<void> {
  if (parts.length === 0) return;
  const values: unknown[] = [];
  const texts = parts.map((part, at) => {
    const text = `part_${at} as (${part.text(values.length + 1)})`;
    values.push(...part.values);
    return text;
  });
  await sql.query(`with clock as materialized (select clock_timestamp() as at), ${texts.join(', ')} select 1`, values);
}
