/** Two small domains with an outbox and an inbox each, on a database of their own, for tests of what moves events. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@pms/prisma/connect';
import type { Event } from '@pms/events/envelope';
import { newId } from '@pms/events/ids';
import type { Written } from '@pms/events/recent';
import { type UnitOfWork, unitOfWork } from '@pms/events/unit-of-work';
import { testDatabase } from '@pms/testing/test-database';

export const publishers = ['north', 'south-west'];

/** As each domain has it. */
const FIRST_SIGHTS = readFileSync(join(import.meta.dirname, '../../../prisma/leaderboard/migrations/0600_first_sights/migration.sql'), 'utf8');

const tables = (schema: string): string => `
  create schema ${schema};
  create table ${schema}.outbox_event (traceparent text, tracestate text, seq bigserial primary key, id text not null unique, type text not null, key text not null, organization_id text not null,
    actor text not null, reason text, correlation_id text not null, causation_id text, occurred_at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp(), data json not null);
  create table ${schema}.outbox_waiting (seq bigint primary key, shard smallint not null, events int not null, seqs bigint[], event_ids text[], types text[], recorded_at timestamptz not null);
  create table ${schema}.inbox_event (id text primary key, handled_at timestamptz not null default now(), outbox_at bigint);
  ${FIRST_SIGHTS.replaceAll('"leaderboard"', schema)}
  create table ${schema}.effect (n bigserial primary key, event_id text not null, key text not null, value int not null);`;

export interface World {
  readonly database: ReturnType<typeof connect>;
  readonly url: string;
  readonly north: UnitOfWork;
  readonly southWest: UnitOfWork;
  end(): Promise<void>;
}

export async function world(wake: (told: readonly Written[]) => void = () => undefined): Promise<World> {
  const { url, drop } = await testDatabase();
  const database = connect(url, { poolMax: 12 });
  for (const schema of ['north', 'south_west']) await database.query(tables(schema));
  return {
    database, url,
    north: unitOfWork(database, 'north', wake), southWest: unitOfWork(database, 'south-west', wake),
    end: async () => { await database.close(); await drop(); },
  };
}

/** A fact of the north about `key`, numbered. */
export const fact = (key: string, value: number, type = 'north.counted.v1'): Event<{ value: number }> => ({
  id: newId('evt'), type, key, organizationId: 'org_1', actor: 'usr_1', correlationId: 'req_1', causationId: null,
  occurredAt: new Date().toISOString(), data: { value },
});
