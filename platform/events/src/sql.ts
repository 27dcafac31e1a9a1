/** The least that outbox, inbox and bus need of a database connection: text and values in, rows out. */
export interface Sql {
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<{ rows: Row[]; rowCount: number }>;
}

/** What runs work in one transaction. */
export interface Transactions {
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
}

/** A domain's Postgres schema: `trade-capture` keeps its tables in `trade_capture`. */
export const schemaOf = (domain: string): string => domain.replaceAll('-', '_');
