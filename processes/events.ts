/** `pms events`: what could not be handled, and another try at it. Works beside a running platform, which takes up what is set free. */
import { localBus } from '@pms/events/local-bus';
import { silent } from '@pms/telemetry/logger';
import type { Bus, WhichDead } from '@pms/events/bus';
import { domainNames } from './catalogue.ts';
import { connectBus, openDatabase } from './database.ts';
import type { Environment } from './environment.ts';

export async function listDead(environment: Environment): Promise<void> {
  const letters = await withBus(environment, (bus) => bus.dead());
  if (letters.length === 0) console.log('no dead letters');
  for (const { event, group, attempts, error, failedAt, waiting } of letters)
    console.log(`${event.id}  ${event.type}  for ${group}\n  key ${event.key}, ${String(waiting)} waiting behind it\n  ${String(attempts)} attempts, last ${failedAt.toISOString()}: ${error}`);
}

export async function replayDead(environment: Environment, which: WhichDead): Promise<void> {
  const count = await withBus(environment, (bus) => bus.replay(which));
  console.log(`${String(count)} set free; the running platform tries ${count === 1 ? 'it' : 'them'} within a second`);
}

async function withBus<T>(environment: Environment, work: (bus: Bus) => Promise<T>): Promise<T> {
  const { url, close } = await openDatabase(environment);
  const database = await connectBus(environment, url, { poolMax: 2 });
  try {
    return await work(localBus({ database, publishers: domainNames, logger: silent, peers: null }));
  } finally {
    await database.close();
    await close();
  }
}
