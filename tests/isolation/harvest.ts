/** What an organisation has in the database, whatever table it is in: ids by what they are ids of, names and keys by their columns, and a sum over all of it. */
import { organizationColumn, tablesIn } from '@pms/prisma/isolation';
import type { Estate } from './estate.ts';

export interface Harvest {
  /** By prefix, such as `prt`; the oldest first. */
  readonly ids: ReadonlyMap<string, readonly string[]>;
  /** Of text columns, by their name as the API spells it. */
  readonly named: ReadonlyMap<string, readonly string[]>;
  /** Tables that have nothing of it. */
  readonly empty: readonly string[];
  /** A hash of the rows of each table. */
  readonly sums: ReadonlyMap<string, string>;
}

const ID = /\b([a-z]{3})_[0-9a-hjkmnp-tv-z]{26}\b/g;
const camel = (column: string): string => column.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Kept by delivery and by the clock, whoever's rows they are. */
const NOT_CONTENT = new Set(['position']);

export async function harvest({ owner }: Estate, organizationId: string): Promise<Harvest> {
  const ids = new Map<string, Set<string>>();
  const named = new Map<string, Set<string>>();
  const empty: string[] = [];
  const sums = new Map<string, string>();
  const note = (map: Map<string, Set<string>>, key: string, value: string): void => void (map.get(key) ?? map.set(key, new Set()).get(key))?.add(value);
  for (const table of await tablesIn({ query: (text: string, values: unknown[]) => owner.query(text, values) } as never)) {
    const column = organizationColumn(table);
    if (column === null) continue;
    const name = `${table.schema}.${table.name}`;
    const { rows } = await owner.query<{ row: Record<string, unknown> }>(`select to_jsonb(t) as row from ${table.schema}."${table.name}" t where ${column} = $1 order by to_jsonb(t)::text`, [organizationId]);
    if (rows.length === 0) empty.push(name);
    sums.set(name, JSON.stringify(rows.map(({ row }) => Object.entries(row).filter(([key]) => !NOT_CONTENT.has(key)))));
    const values = rows.flatMap(({ row }) => Object.entries(row));
    for (const [, value] of values) for (const [id, prefix = ''] of textOf(value).matchAll(ID)) note(ids, prefix, id);
    for (const [key, value] of values) if (typeof value === 'string' && key !== column && !/^\d/.test(value)) note(named, camel(key), value);
  }
  const listed = (map: Map<string, Set<string>>): Map<string, string[]> => new Map([...map].map(([key, values]) => [key, [...values].toSorted()]));
  return { ids: listed(ids), named: listed(named), empty, sums };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

/** Tables whose rows of the organisation are not what they were. */
export const changed = (before: Harvest, after: Harvest): string[] => [...after.sums].filter(([name, sum]) => before.sums.get(name) !== sum).map(([name]) => name);
