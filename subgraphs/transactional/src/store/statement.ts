/** Many rows of many tables in one statement: under load a round trip costs more than the writing itself. */
import type { Sql } from '@pms/events/sql';

export type Column = readonly [name: string, type: 'text' | 'bigint' | 'int' | 'numeric' | 'date' | 'jsonb' | 'boolean'];

/** A part of a statement; its parameters are numbered from `first`. */
export interface Part {
  readonly values: readonly unknown[];
  text(first: number): string;
  /** Where the part is about rows and no more, which may be joined with those of other parts of its kind. */
  readonly rows?: Rows;
}

interface Rows {
  /** Parts of one kind do the same with their rows, and have the same columns. */
  readonly kind: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly unknown[])[];
  /** `given` is the rows as a table of that name. */
  around(given: string): string;
}

/** A part that does something with rows; none for no rows. */
export function ofRows(rows: Rows): Part[] {
  if (rows.rows.length === 0) return [];
  const { columns } = rows;
  return [{
    rows,
    values: columns.map((_, at) => rows.rows.map((row) => row[at] ?? null)),
    text: (first) => rows.around(`unnest(${columns.map(([, type], at) => `$${first + at}::${type}[]`).join(', ')}) as given(${columns.map(([name]) => name).join(', ')})`),
  }];
}

function merged(parts: readonly Part[]): Part[] {
  const kinds = Map.groupBy(parts.flatMap(({ rows }) => rows ?? []), ({ kind }) => kind);
  return [...parts.filter(({ rows }) => rows === undefined), ...[...kinds.values()].flatMap(([first, ...others]) =>
    (first === undefined ? [] : ofRows(others.length === 0 ? first : { ...first, rows: [first, ...others].flatMap(({ rows }) => rows) })))];
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
  const names = columns.map(([name]) => name);
  const stamp = stamped === undefined ? { column: [], value: '', from: '' } : { column: [stamped], value: ', clock.at', from: ', clock' };
  return ofRows({
    kind: `${table} ${names.join()} ${then}`, columns, rows,
    around: (given) => `insert into transactional.${table} (${[...names, ...stamp.column].join(', ')}) select given.*${stamp.value} from ${given}${stamp.from} ${then}`,
  });
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
  const texts = merged(parts).map((part, at) => {
    const text = `part_${at} as (${part.text(values.length + 1)})`;
    values.push(...part.values);
    return text;
  });
  await sql.query(`with clock as materialized (select clock_timestamp() as at), ${texts.join(', ')} select 1`, values);
}
