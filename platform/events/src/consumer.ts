/**
 * One consumer's way through the events of one database: reads behind its cursor, has them handled, and moves the cursor once they are handled or parked.
 * The cursor may be behind what was handled (a crash in between), never ahead.
 */
import { publisherOf } from './envelope.ts';
import { type Handling, handling, type HandlingOptions } from './handling.ts';
import { eventOf, OUTBOX_COLUMNS, type OutboxRow } from './outbox.ts';
import type { Placed } from './parking.ts';
import { schemaOf } from './sql.ts';

const BATCH_MAX = 1_000;

export interface ConsumerOptions extends HandlingOptions {
  readonly publishers: readonly string[];
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
      const { placed, cursor, last } = await read();
      if (cursor === last) return false;
      await handle(placed);
      const full = placed.length === BATCH_MAX;
      const reached = full ? placed.at(-1)?.position ?? last : last;
      // it may lag behind after a crash, so that nobody waits for this commit
      await sql.query(
        `with unhurried as materialized (select set_config('synchronous_commit', 'off', true))
         insert into bus.cursor (consumer, position) select $1, $2::bigint from unhurried
         on conflict (consumer) do update set position = excluded.position, updated_at = now() where cursor.position < excluded.position`, [name, reached]);
      return full;
    },
  };
}

interface Batch {
  readonly placed: readonly Placed[];
  readonly cursor: string;
  readonly last: string;
}

/** The next events of the types that are heard, over all publishers, by position. */
function reader({ sql, name, publishers, reactions }: ConsumerOptions): () => Promise<Batch> {
  const types = reactions.map(({ type }) => type);
  const all = types.includes('*');
  const heard = all ? publishers : publishers.filter((domain) => types.some((type) => publisherOf(type) === domain));
  const statement = `select * from (${heard.map((domain) => `(select ${OUTBOX_COLUMNS} from ${schemaOf(domain)}.outbox_event
    where position > $1 and position <= $2 ${all ? '' : 'and type = any($3)'} order by position limit ${BATCH_MAX})`).join(' union all ')}) as events
    order by position limit ${BATCH_MAX}`;
  return async () => {
    const { rows: [at] } = await sql.query<{ last: string; cursor: string | null }>(
      'select last_position as last, (select position from bus.cursor where consumer = $1) as cursor from bus.sequencer where id = 1', [name]);
    const last = at?.last ?? '0';
    const cursor = at?.cursor ?? '0';
    if (heard.length === 0 || cursor === last) return { placed: [], cursor, last };
    const found = await sql.query<OutboxRow>(statement, all ? [cursor, last] : [cursor, last, types]);
    return { placed: found.rows.map((row) => ({ position: row.position, event: eventOf(row) })), cursor, last };
  };
}
