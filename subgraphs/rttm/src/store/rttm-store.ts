/** Where this domain is kept: reads by organisation, and writes that exist only within a unit of work. */
import type { Sql } from '@pms/events/sql';
import type { UnitOfWork, Work } from '@pms/events/unit-of-work';
import type { PrismaClient } from '@pms/prisma/rttm';
import { rateStore } from '@pms/subgraph/rates';
import { alertReads, armRules, insertAlert, insertAlertRule } from './alerts.ts';
import { corporateActionReads, insertCorporateAction, rename, saveCorporateAction } from './corporate-actions.ts';
import { insertInstrument, instrumentReads } from './instruments.ts';
import { priceReads, recordCloses } from './prices.ts';
import { keepNewerQuotes, quoteReads } from './quotes.ts';

export type RttmStore = ReturnType<typeof rttmStore>;

type Rest<Write extends (sql: Sql, ...args: never[]) => unknown> = Write extends (sql: Sql, ...args: infer Args) => infer Result ? (...args: Args) => Result : never;

const within = <Write extends (sql: Sql, ...args: never[]) => unknown>(sql: Sql, write: Write): Rest<Write> =>
  ((...args: never[]) => write(sql, ...args)) as Rest<Write>;

const writes = ({ sql, outbox }: Work) => ({
  outbox,
  insertInstrument: within(sql, insertInstrument),
  insertCorporateAction: within(sql, insertCorporateAction),
  saveCorporateAction: within(sql, saveCorporateAction),
  rename: within(sql, rename),
  recordCloses: within(sql, recordCloses),
  keepRates: rateStore(sql, 'rttm').keepRates,
  keepNewerQuotes: within(sql, keepNewerQuotes),
  insertAlertRule: within(sql, insertAlertRule),
  insertAlert: within(sql, insertAlert),
  armRules: within(sql, armRules),
});

export function rttmStore(prisma: PrismaClient, sql: Sql, work: UnitOfWork) {
  return {
    ...instrumentReads(prisma), ...priceReads(sql), ...quoteReads(sql), ...alertReads(prisma, sql), ...corporateActionReads(prisma, sql),
    published: rateStore(sql, 'rttm').published,
    /** The change and its events, together or not at all. */
    work: <T>(change: (unit: ReturnType<typeof writes>) => Promise<T>): Promise<T> => work((unit) => change(writes(unit))),
  };
}
