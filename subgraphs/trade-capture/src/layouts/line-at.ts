/** A line of a table with what was found once in its header. */
import type { Faults } from './faults.ts';
import type { Mapping, Meaning, Table } from './mapping.ts';
import type { Cell, Located } from './source.ts';

export type Field = keyof Table['columns'];

/** A table's columns, found once in its header. */
export interface Reader {
  readonly table: Table;
  readonly mapping: Mapping;
  readonly at: Readonly<Partial<Record<Field, Located>>>;
  readonly fees: readonly { readonly amount: Located; readonly currency: Located | null; readonly rule: Table['fees'][number] }[];
  /** Fields by what the file calls them. */
  readonly columns: Readonly<Record<string, string>>;
  readonly words: ReadonlyMap<string, Meaning>;
  /** The latest day that has begun anywhere. */
  readonly today: string;
}

export interface LineAt {
  readonly reader: Reader;
  readonly line: number;
  readonly cells: readonly string[];
  readonly cell: (field: Field) => Cell | null;
  readonly faults: Faults;
}
