/**
 * Takes old events away, every few minutes: each process those of its domains, and the audit domain's writes down beforehand that the trail has them as they were
 * said. What nobody has vouched for stays, so that an event which the trail misses can still be found.
 */
import { prune, rounds } from '@pms/events/pruning';
import { AUDITOR, secretOf } from '@pms/prisma/roles';
import type { Database } from '@pms/prisma/connect';
import type { Logger } from '@pms/telemetry/logger';
import { vouch, vouchedFor } from './audit-receipts.ts';
import { type DomainName, domainNames } from './catalogue.ts';
import { connectAuditor, connectPruner } from './database.ts';
import type { Environment } from './environment.ts';

const EVERY_MS = 600_000;

export interface OldEvents {
  start(): void;
  close(): Promise<void>;
}

export interface OldEventsOptions {
  readonly environment: Environment;
  readonly databaseUrl: string;
  readonly domains: readonly DomainName[];
  readonly logger: Logger;
}

/** Connects on first use alone. */
export async function oldEvents({ environment, databaseUrl, domains, logger }: OldEventsOptions): Promise<OldEvents> {
  const { keepDays } = environment;
  const pruner = await connectPruner(environment, databaseUrl);
  const auditor = domains.includes('audit') ? await auditorOf(environment, databaseUrl, logger) : null;
  const [vouching, pruning] = [rounds(), rounds()];
  const round = async (): Promise<void> => {
    if (auditor !== null) await safely(logger, domainNames, (domain) => vouch(auditor, domain, { keepDays, logger, round: vouching }));
    await safely(logger, domains, (domain) => prune(pruner, domain, keepDays, vouchedFor(domain), pruning));
  };
  let timer: NodeJS.Timeout | undefined;
  let under: Promise<void> = Promise.resolve();
  return {
    start() {
      if (keepDays > 0) timer = setInterval(() => { under = round(); }, EVERY_MS).unref();
    },
    async close() {
      clearInterval(timer);
      await under;
      await Promise.all([pruner.close(), auditor?.close()]);
    },
  };
}

async function auditorOf(environment: Environment, databaseUrl: string, logger: Logger): Promise<Database | null> {
  if (!environment.production || environment.secrets.has(secretOf(AUDITOR))) return connectAuditor(environment, databaseUrl);
  if (environment.keepDays > 0) logger.warn('PMS_SECRET_DATABASE_AUDITOR is not set: old events are not compared with the audit trail here, and stay until pms audit compare has done so');
  return null;
}

/** One domain after another; a failure is for the next time. */
async function safely(logger: Logger, domains: readonly DomainName[], work: (domain: DomainName) => Promise<unknown>): Promise<void> {
  for (const domain of domains) await work(domain).catch((error: unknown) => logger.warn({ err: error, domain }, 'old events could not be taken away'));
}
