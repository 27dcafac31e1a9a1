/**
 * Connections that know for whom they are used: `pms.organization` is what row-level security compares rows with. A connection remembers what it was told
 * last, so that work for one organisation after the other's says it anew, and work for the same says nothing.
 */
import { type Acting, acting } from '@pms/events/acting';
import pg from 'pg';

interface Pools {
  readonly request: pg.Pool;
  readonly worker: pg.Pool;
}

/** A connection for a transaction that begins with `begin`, which says whom it is for where the connection has another in mind. */
export interface Addressed {
  readonly client: pg.PoolClient;
  readonly begin: string;
}

type Done = (error?: Error | boolean) => void;
type Callback = (error: Error | undefined, client: pg.PoolClient | undefined, done: Done) => void;

const TELL = `select set_config('pms.organization', $1, false)`;
const told = new WeakMap<pg.PoolClient, string>();

const poolFor = (pools: Pools, { wide }: Acting): pg.Pool => (wide ? pools.worker : pools.request);

export async function addressed(pools: Pools, whom: Acting): Promise<Addressed> {
  const client = await poolFor(pools, whom).connect();
  // for this transaction alone, in the same message as its beginning; what the connection was told for longer comes back with its end
  const begin = (told.get(client) ?? '') === whom.setting ? 'begin' : `begin; set local pms.organization = ${pg.escapeLiteral(whom.setting)}`;
  return { client, begin };
}

/** Makes `facade`, which is otherwise unused, hand out the connections of both pools, each told for whom it is taken. */
export function isolating(pools: Pools, facade: pg.Pool): pg.Pool {
  const take = (callback: Callback): void => {
    const whom = acting();
    poolFor(pools, whom).connect((error, client, done) => {
      if (client === undefined) callback(error, client, done);
      else tell(client, whom.setting, (failed) => { callback(failed, failed === undefined ? client : undefined, done); });
    });
  };
  const taken = (): Promise<pg.PoolClient> => new Promise((resolve, reject) => {
    take((error, client) => {
      if (client === undefined) reject(error ?? new Error('no connection and no reason'));
      else resolve(client);
    });
  });
  facade.connect = ((callback?: Callback) => (callback === undefined ? taken() : take(callback))) as typeof facade.connect;
  return facade;
}

/** One that cannot be told is used by nobody. */
function tell(client: pg.PoolClient, setting: string, done: (failed?: Error) => void): void {
  if ((told.get(client) ?? '') === setting) {
    done();
    return;
  }
  client.query(TELL, [setting], (failed: Error | null | undefined) => {
    if (failed == null) told.set(client, setting);
    else client.release(true);
    done(failed ?? undefined);
  });
}
