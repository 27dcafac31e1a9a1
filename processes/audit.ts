/** `pms audit verify`: every organisation's hash chain recomputed from its entries. Works beside a running platform, or without one. */
import process from 'node:process';
import { auditSubgraph } from '@pms/audit';
import { silent } from '@pms/telemetry/logger';
import { openDatabase } from './database.ts';
import type { Environment } from './environment.ts';
import { alone } from './world.ts';

export async function verifyAudit(environment: Environment): Promise<void> {
  const { url, close } = await openDatabase(environment);
  const { surroundings, database } = alone(environment, url, silent);
  const audit = auditSubgraph(surroundings);
  try {
    for await (const { organizationId, valid, entries, firstBroken, problem } of audit.verifyAll()) {
      console.log(`${organizationId}  ${String(entries)} entries, ${valid ? 'the chain holds' : `BROKEN at ${String(firstBroken)}: ${String(problem)}`}`);
      if (!valid) process.exitCode = 1;
    }
  } finally {
    await audit.close();
    await database.close();
    await close();
  }
}
