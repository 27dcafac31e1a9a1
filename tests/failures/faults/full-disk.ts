/**
 * No room for a domain's outbox, as Postgres says it (53100): a change that cannot tell of itself must not happen, and its caller must be told that the
 * platform is at fault and that trying again is right.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { databaseNow } from '../support/cluster.ts';
import { session } from '../support/postgres.ts';
import type { Fault } from './fault.ts';

const WRITERS = ['portfolio', 'trade_capture', 'transactional', 'validation', 'rttm'] as const;

export const fullDisk: Fault = {
  name: 'full-disk',
  part: 'postgres',
  async inject({ cluster, random }) {
    const schema = random.pick(WRITERS);
    const forMs = random.whole(1_000, 20_000);
    await session(databaseNow(cluster), (client) => client.query(`
      create or replace function public.chaos_no_room() returns trigger language plpgsql as $$ begin
        raise exception 'could not extend file: No space left on device' using errcode = '53100';
      end $$;
      create or replace trigger chaos_no_room before insert on ${schema}.outbox_event for each statement execute function public.chaos_no_room()`));
    try {
      await delay(forMs);
    } finally {
      await session(databaseNow(cluster), (client) => client.query(`drop trigger if exists chaos_no_room on ${schema}.outbox_event`));
    }
    return `no room in ${schema}.outbox_event for ${String(forMs)} ms`;
  },
};
