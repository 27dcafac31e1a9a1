/**
 * One consumer's way through the events of one database: reads behind its cursor, has them handled, and moves the cursor once they are handled or parked.
 * The cursor may be behind what was handled (a crash in between), never ahead.
 */
import { type Event, publisherOf } from './envelope.ts';
import { type Handling, handling, type HandlingOptions } from './handling.ts';
import { eventOf, OUTBOX_COLUMNS, type OutboxRow } from './outbox.ts';
import type { Placed } from './parking.ts';
import type { RecentEvents } from './recent.ts';
import { type Sql, schemaOf } from './sql.ts';

const BATCH_MAX = 1_000;
/** Positions looked at in one step: positions have no gaps, so that a step costs the same however far behind it is. */
const WINDOW = 10_000;

export interface ConsumerOptions extends HandlingOptions {
  readonly publishers: readonly string[];
  readonly recent: RecentEvents;
}

export interface Consumer extends Pick<Handling, 'retry'> {
  /** Handles one batch; resolves to whether there may be more at once. */
  step(): Promise<boolean>;
}

export function consumer(options: ConsumerOptions): Consumer {
  const { sql, name } = options;
  const { handle, retry } = handling(options);
  const read = reader(options);

  return {
    retry,
    async step() {
      const { placed, cursor, last, until } = await read();
      if (cursor === last) return false;
      await handle(placed);
      const reached = placed.length === BATCH_MAX ? placed.at(-1)?.position ?? until : until;
      // it may lag behind after a crash, so that nobody waits for this commit
      await sql.query(
        `with unhurried as materialized (select set_config('synchronous_commit', 'off', true))
         insert into bus.cursor (consumer, position) select $1, $2::bigint from unhurried
         on conflict (consumer) do update set position = excluded.position, updated_at = now() where cursor.position < excluded.position`, [name, reached]);
      return reached !== last;
    },
  };
}

interface Batch {
  readonly placed: readonly Placed[];
  readonly cursor: string;
  /** Every position that was given. */
  readonly last: string;
  /** Up to where was looked. */
  readonly until: string;
}

interface PlaceRow {
  readonly position: string;
  readonly publisher: string;
  readonly seq: string;
  readonly event_id: string;
}

/** The next events of the types that are heard, over all publishers, by position. */
function reader({ sql, name, publishers, reactions, recent }: ConsumerOptions): () => Promise<Batch> {
  const types = reactions.map(({ type }) => type);
  const all = types.includes('*');
  const hearsAny = all || publishers.some((domain) => types.some((type) => publisherOf(type) === domain));
  const statement = `select position, publisher, seq, event_id from bus.placed_event
    where position > $1 and position <= $2 ${all ? '' : 'and type = any($3)'} order by position limit ${BATCH_MAX}`;
  return async () => {
    const { rows: [at] } = await sql.query<{ last: string; cursor: string | null }>(
      'select last_position as last, (select position from bus.cursor where consumer = $1) as cursor from bus.sequencer where id = 1', [name]);
    const last = at?.last ?? '0';
    const cursor = at?.cursor ?? '0';
    if (!hearsAny || cursor === last) return { placed: [], cursor, last, until: last };
    const until = String(Math.min(Number(last), Number(cursor) + WINDOW));
    const { rows: places } = await sql.query<PlaceRow>(statement, all ? [cursor, until] : [cursor, until, types]);
    const known = places.map((place) => ({ place, event: recent.take(place.event_id, all) }));
    const read = await unknownOf(sql, known.flatMap(({ place, event }) => (event === null ? [place] : [])));
    return { placed: known.map(({ place, event }) => ({ position: place.position, event: event ?? read(place) })), cursor, last, until };
  };
}

/** What is not in memory, out of the outboxes. Throws for an event that its outbox no longer has. */
async function unknownOf(sql: Sql, places: readonly PlaceRow[]): Promise<(place: PlaceRow) => Event> {
  const found = new Map<string, Event>();
  await Promise.all([...Map.groupBy(places, ({ publisher }) => publisher)].map(async ([publisher, of]) => {
    const { rows } = await sql.query<OutboxRow>(`select ${OUTBOX_COLUMNS} from ${schemaOf(publisher)}.outbox_event where seq = any($1::bigint[])`, [of.map(({ seq }) => seq)]);
    for (const row of rows) found.set(row.id, eventOf(row));
  }));
  return ({ event_id: id, position, publisher }) => {
    const event = found.get(id);
    if (event === undefined) throw new Error(`event ${id}, at position ${position}, is not in the outbox of ${publisher} any more`);
    return event;
  };
}
