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

/** Events read at once, and those that stand together with the last of them: enough for each lane to be busy with more than one run. */
const BATCH_MAX = 4_000;
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
      const { placed, cursor, last, reached } = await read();
      if (cursor === last) return false;
      await handle(placed);
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
  /** Up to where this is all. */
  readonly reached: string;
}

/** Events that are placed together; what is of each of them in one text, as it is many times faster to take apart than an array. */
interface PlacedRow {
  readonly position: string;
  readonly events: number;
  readonly publisher: string;
  readonly seqs: string;
  readonly ids: string;
  readonly types: string;
}

interface Place {
  readonly position: string;
  readonly publisher: string;
  readonly seq: string;
  readonly id: string;
}

const COLUMNS = `position, events, publisher, coalesce(array_to_string(seqs, ','), seq::text) as seqs, coalesce(array_to_string(event_ids, ','), event_id) as ids, coalesce(array_to_string(types, ','), type) as types`;

/** The next events of the types that are heard, over all publishers, by position. */
function reader({ sql, name, publishers, reactions, recent }: ConsumerOptions): () => Promise<Batch> {
  const types = new Set(reactions.map(({ type }) => type));
  const all = types.has('*');
  const hearsAny = all || publishers.some((domain) => [...types].some((type) => publisherOf(type) === domain));
  const statement = `select ${COLUMNS} from (
      select *, sum(events) over (order by position) - events as before from bus.placed_event
       where position > $1 and position - events < $2 ${all ? '' : 'and (types && $3 or type = any($3))'} order by position limit ${BATCH_MAX}) as placed
    where before < ${BATCH_MAX} order by position`;
  return async () => {
    const { rows: [at] } = await sql.query<{ last: string; cursor: string | null }>(
      'select last_position as last, (select position from bus.cursor where consumer = $1) as cursor from bus.sequencer where id = 1', [name]);
    const last = at?.last ?? '0';
    const cursor = at?.cursor ?? '0';
    if (!hearsAny || cursor === last) return { placed: [], cursor, last, reached: last };
    const until = String(Math.min(Number(last), Number(cursor) + WINDOW));
    const { rows } = await sql.query<PlacedRow>(statement, all ? [cursor, until] : [cursor, until, [...types]]);
    const places = rows.flatMap((row) => placesOf(row, Number(cursor), (type) => all || types.has(type)));
    const known = places.map((place) => ({ place, event: recent.take(place.id, all) }));
    const read = await unknownOf(sql, known.flatMap(({ place, event }) => (event === null ? [place] : [])));
    const placed = known.flatMap(({ place, event }) => {
      const found = event ?? read(place);
      return found === null ? [] : [{ position: place.position, event: found }];
    });
    const end = Number(rows.at(-1)?.position ?? 0);
    const whole = rows.reduce((sum, { events }) => sum + events, 0) < BATCH_MAX;
    return { placed, cursor, last, reached: String(whole ? Math.max(end, Number(until)) : end) };
  };
}

/** What is heard of a row, behind the cursor. */
function placesOf({ position, events, publisher, seqs, ids, types }: PlacedRow, cursor: number, hears: (type: string) => boolean): Place[] {
  const before = Number(position) - events;
  const seqOf = seqs.split(',');
  const typeOf = types.split(',');
  return ids.split(',').flatMap((id, at) => (before + at + 1 > cursor && hears(typeOf[at] ?? '') ? [{ position: String(before + at + 1), publisher, seq: seqOf[at] ?? '', id }] : []));
}

/** What is not in memory, out of the outboxes; null for what was taken away there because of its age. Throws for an event that should be there. */
async function unknownOf(sql: Sql, places: readonly Place[]): Promise<(place: Place) => Event | null> {
  const found = new Map<string, Event>();
  const gone = new Map<string, bigint>();
  await Promise.all([...Map.groupBy(places, ({ publisher }) => publisher)].map(async ([publisher, of]) => {
    const outbox = `${schemaOf(publisher)}.outbox_event`;
    const { rows } = await sql.query<OutboxRow>(`select ${OUTBOX_COLUMNS} from ${outbox} where seq = any($1::bigint[])`, [of.map(({ seq }) => seq)]);
    for (const row of rows) found.set(row.id, eventOf(row));
    if (rows.length < of.length) gone.set(publisher, await goneUpTo(sql, publisher));
  }));
  return ({ id, position, publisher, seq }) => {
    const event = found.get(id);
    if (event !== undefined) return event;
    if (BigInt(seq) <= (gone.get(publisher) ?? 0n)) return null;
    throw new Error(`event ${id}, at position ${position}, is not in the outbox of ${publisher} any more`);
  };
}

/**
 * Up to where events have gone from an outbox because of their age, save those that are kept as evidence. Asked once events were missed, so that it is known of
 * those too that went in between.
 */
async function goneUpTo(sql: Sql, publisher: string): Promise<bigint> {
  // the oldest that is left is for what went before the pruner noted how far it is
  const { rows: [at] } = await sql.query<{ seq: string | null }>(
    `select greatest((select seq from bus.pruned where publisher = $1), coalesce((select min(seq) from ${schemaOf(publisher)}.outbox_event), ${Number.MAX_SAFE_INTEGER}) - 1) as seq`, [publisher]);
  return BigInt(at?.seq ?? 0);
}
