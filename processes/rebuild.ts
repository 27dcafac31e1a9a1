/** `pms rebuild`: projections from the recorded facts, to the same figures; with `verify` nothing is written and a difference is a failure. */
import { logger } from '@pms/telemetry/logger';
import process from 'node:process';
import { domainNames } from './catalogue.ts';
import { openDatabase } from './database.ts';
import type { Environment } from './environment.ts';
import { openWorld } from './world.ts';

const DIFFERENCES_SHOWN_MAX = 20;

export async function rebuild(environment: Environment, verify: boolean): Promise<void> {
  const { url, close } = await openDatabase(environment);
  const log = logger({ level: environment.logLevel, process: 'rebuild' });
  const world = await openWorld({ environment, databaseUrl: url, domains: domainNames, shared: false, logger: log });
  try {
    for (const subgraph of world.subgraphs) {
      if (subgraph.rebuild === undefined) continue;
      const { domain, facts, differences } = await subgraph.rebuild({ verify });
      const outcome = differences.length === 0 ? 'the same figures' : `${String(differences.length)} differences`;
      console.log(`${domain.padEnd(16)}${String(facts)} facts, ${verify || differences.length > 0 ? outcome : 'rebuilt'}`);
      for (const difference of differences.slice(0, DIFFERENCES_SHOWN_MAX)) console.log(`  ${difference}`);
      if (verify && differences.length > 0) process.exitCode = 1;
    }
  } finally {
    await world.close();
    await close();
  }
}
