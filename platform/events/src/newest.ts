/**
 * The newest that was written about keys, whether it has come to anybody or not: who decides by what others have told, and would decide against somebody, has to know whether
 * that was all. Read from the publishers' outboxes by delivery, which reads them anyway; each question is one look at an index that the publisher keeps for it, whose
 * condition is that of the question.
 */
import type { Saying } from './bus.ts';
import type { Awaited } from './consistency-token.ts';
import { type Event, publisherOf } from './envelope.ts';
import { type Sql, schemaOf } from './sql.ts';

/** What a publisher tells of a thing: events of these types about its key, without those that say one of the excepted values. */
export interface Tidings {
  readonly publisher: string;
  readonly types: readonly string[];
  readonly except?: Saying;
}

export interface About {
  readonly of: Tidings;
  readonly organizationId: string;
  readonly keys: readonly string[];
  /** Only what was written before this event of whichever publisher; nothing where that is in its outbox no longer. */
  readonly before?: Pick<Event, 'id' | 'type'>;
}

/**
 * Of each key the last event, where there is one. `inOrderWith` is the key of the event at hand: what was written about that before, it is behind already, where
 * the bus keeps one order for all events of a key. Null where no event is at hand.
 */
export type Newest = (asked: readonly About[], inOrderWith: string | null) => Promise<readonly Awaited[]>;

/** Everybody has taken in what is older, as of events that a consistency token names. */
const DAYS_MAX = 7;

export const newestOver = (sql: Sql, order: 'key' | 'key and publisher'): Newest => async (asked, inOrderWith) => {
  const open = asked.map((one) => (order === 'key' ? { ...one, keys: one.keys.filter((key) => key !== inOrderWith) } : one)).filter(({ keys }) => keys.length > 0);
  return (await Promise.all(open.map((one) => newestOf(sql, one)))).flat();
};

async function newestOf(sql: Sql, { of, organizationId, keys, before }: About): Promise<readonly Awaited[]> {
  const until = before === undefined ? '' : ` and recorded_at < (select recorded_at from ${schemaOf(publisherOf(before.type))}.outbox_event where id = $3)`;
  const { rows } = await sql.query<{ id: string; type: string; key: string }>(
    `select last.id, last.type, asked.key from (select distinct unnest($1::text[]) as key) as asked
      cross join lateral (select id, type, recorded_at from ${schemaOf(of.publisher)}.outbox_event where key = asked.key and organization_id = $2 and ${conditionOf(of)}${until} order by seq desc limit 1) as last
      where last.recorded_at > now() - interval '${DAYS_MAX} days'`, before === undefined ? [keys, organizationId] : [keys, organizationId, before.id]);
  return rows;
}

/** In SQL over a row of the outbox, with no parameters: it has to be that of the index. */
export const conditionOf = ({ types, except }: Tidings): string =>
  `type in (${listOf(types)})${except === undefined ? '' : ` and coalesce(data ->> ${quoted(except.field)}, '') not in (${listOf(except.values)})`}`;

/** Those of the events that say one of the values. */
export async function saying(sql: Sql, publisher: string, eventIds: readonly string[], { field, values }: Saying): Promise<ReadonlySet<string>> {
  const { rows } = await sql.query<{ id: string }>(`select id from ${schemaOf(publisher)}.outbox_event where id = any($1) and data ->> $2 = any($3)`, [eventIds, field, values]);
  return new Set(rows.map(({ id }) => id));
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const listOf = (texts: readonly string[]): string => texts.map(quoted).join(', ');
