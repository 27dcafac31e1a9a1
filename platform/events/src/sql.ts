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

/**
 * Session settings by which the server notices that a client is gone without a word, and lets go of the locks that it held: within half a minute
 * (10 s without traffic, then 4 probes, one every 5 s), instead of the two hours that operating systems take.
 */
export const SERVER_LOOKS_AFTER_US = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4';
