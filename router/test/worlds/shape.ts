/** What a random federated world is made of: types, and which subgraph knows which field. */

export interface Field {
  readonly name: string;
  /** As the schema language says it. */
  readonly type: string;
  /** Arguments as the schema language says them, without parentheses; empty where there are none. */
  readonly args: string;
  readonly deprecated?: string;
  /** Subgraphs that resolve it. */
  readonly owners: readonly string[];
  /** The subgraph it was moved away from. */
  readonly movedFrom?: string;
  /** `@requires` of its one owner. */
  readonly requires?: string;
  /** `@provides` by subgraph. */
  readonly provides?: Readonly<Record<string, string>>;
}

export interface Entity {
  readonly name: string;
  /** Knows all keys. */
  readonly home: string;
  readonly keys: readonly string[];
  /** Keys by the subgraphs that resolve fields of it. */
  readonly keysIn: Readonly<Record<string, readonly string[]>>;
  readonly interfaces: string[];
  /** Whether it is a member of the interface with a key. */
  readonly linked: boolean;
  readonly fields: Field[];
}

/** An object without a key: the same in every subgraph. */
export interface Value {
  readonly name: string;
  readonly fields: readonly Field[];
}

export interface Interface {
  readonly name: string;
  readonly members: readonly string[];
  /** Fields that all members have. */
  readonly fields: readonly Field[];
}

export interface Union { readonly name: string; readonly members: readonly string[] }
export interface Enumeration { readonly name: string; readonly values: readonly string[] }

/** An interface with a key, and the subgraph that adds fields to it without knowing its members. */
export interface EntityInterface {
  readonly name: string;
  readonly home: string;
  readonly objectIn: string;
  readonly members: readonly string[];
  readonly fields: readonly Field[];
}

export interface Shape {
  readonly seed: number;
  readonly subgraphs: readonly string[];
  readonly entities: readonly Entity[];
  readonly values: readonly Value[];
  readonly interfaces: readonly Interface[];
  readonly unions: readonly Union[];
  readonly enums: readonly Enumeration[];
  readonly entityInterface: EntityInterface | null;
  readonly queries: readonly Field[];
  readonly mutations: readonly Field[];
}

export const KEYS = ['id', 'code', 'code region', 'ref { slug }', 'ref { slug place { number } }', 'id region'] as const;

/** Where all of them are more than references. */
export const commonSubgraphs = (entities: readonly Entity[]): string[] =>
  Object.keys(entities[0]?.keysIn ?? {}).filter((subgraph) => entities.every(({ keysIn }) => keysIn[subgraph] !== undefined));
