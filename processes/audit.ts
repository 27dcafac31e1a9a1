/** `pms audit`: chains verified where they are, exported, and verified from an export with nothing else at hand. Works beside a running platform, or without one. */
import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type AuditSubgraph, auditSubgraph, type SignedCheckpoint, type Verification, verifyExport } from '@pms/audit';
import { rounds } from '@pms/events/pruning';
import { StartError } from '@pms/prisma/embedded';
import { silent } from '@pms/telemetry/logger';
import { goneFromOutboxes, outboxFindings } from './audit-outboxes.ts';
import { vouch } from './audit-receipts.ts';
import { domainNames } from './catalogue.ts';
import { shownPlace } from './checkpoint-place.ts';
import { connectAuditor, openDatabase } from './database.ts';
import type { Environment } from './environment.ts';
import { alone } from './world.ts';

export async function verifyAudit(environment: Environment): Promise<void> {
  await withAudit(environment, async (audit, url) => {
    const database = await connectAuditor(environment, url);
    for await (const { organizationId, ...found } of audit.verifyAll()) {
      const { valid, entries } = found;
      console.log(`${organizationId}  ${String(entries)} entries, ${valid ? 'the chain holds' : broken(found)}`);
      const { compared, uncompared } = await goneFromOutboxes(database, organizationId);
      if (compared > 0) console.log(`${organizationId}  ${String(compared)} of them tell of events that were taken out of the outboxes because of their age, and were compared before`);
      if (uncompared > 0) console.log(`${organizationId}  ${String(uncompared)} of them tell of events that were taken out of the outboxes before anybody compared them: the chain alone stands for these`);
      const findings = await outboxFindings(database, organizationId);
      for (const { problem, message } of findings) console.log(`${organizationId}  ${problem}: ${message}`);
      if (!valid || findings.length > 0) process.exitCode = 1;
    }
    await database.close();
  });
}

/** To a file, or to the standard output. */
export async function exportAudit(environment: Environment, organizationId: string, file: string | undefined): Promise<void> {
  await withAudit(environment, async (audit) => {
    let lines = 0;
    async function* text(): AsyncGenerator<string> {
      for await (const line of audit.exportTrail(organizationId)) {
        lines += 1;
        yield `${line}\n`;
      }
    }
    await (file === undefined ? pipeline(Readable.from(text()), process.stdout, { end: false }) : pipeline(Readable.from(text()), createWriteStream(file, { mode: 0o600 })));
    if (lines === 0) throw new StartError(`There is no audit trail of ${organizationId}.`);
    console.error(`${String(lines - 1)} entries of ${organizationId}`);
  });
}

export async function checkpointAudit(environment: Environment): Promise<void> {
  const taken = await withAudit(environment, (audit) => audit.checkpoint());
  console.log(`${String(taken)} checkpoints taken, in ${shownPlace(environment.auditCheckpoints)}`);
}

/** Works beside the audit domain's process, which does the same where it has the auditor's secret. Fails where an entry tells what no domain said. */
export async function compareAudit(environment: Environment): Promise<void> {
  if (environment.keepDays === 0) throw new StartError('EVENTS_KEEP_DAYS is 0: no event is ever taken away, and there is nothing to compare.');
  const { url, close } = await openDatabase(environment);
  const database = await connectAuditor(environment, url);
  try {
    for (const domain of domainNames) {
      const { receipts, strangers } = await vouch(database, domain, { keepDays: environment.keepDays, logger: silent, round: rounds(Number.POSITIVE_INFINITY) });
      console.log(`${domain}: ${String(receipts)} receipts written, ${String(strangers)} entries that no event stands for`);
      if (strangers > 0) process.exitCode = 1;
    }
  } finally {
    await database.close();
    await close();
  }
}

export interface ExportFiles {
  /** Lines of checkpoints that were kept elsewhere. */
  readonly checkpoints?: string;
  /** PEM of the key to trust. */
  readonly key?: string;
}

/** Wants no database and no secret. */
export async function verifyAuditExport(file: string, { checkpoints, key }: ExportFiles): Promise<void> {
  const known = checkpoints === undefined ? [] : readFileSync(checkpoints, 'utf8').split('\n').filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as SignedCheckpoint);
  const { organizationId, checkpoints: held, ...found } = await verifyExport(
    createInterface({ input: createReadStream(file) }), { known, ...(key === undefined ? {} : { publicKey: readFileSync(key, 'utf8') }) });
  const { valid, entries, merkleRoot } = found;
  console.log(`${organizationId}  ${String(entries)} entries, ${String(held)} checkpoints, ${valid ? `the chain holds; Merkle root ${merkleRoot}` : broken(found)}`);
  if (!valid) process.exitCode = 1;
}

const broken = ({ firstBroken, problem, message }: Pick<Verification, 'firstBroken' | 'problem' | 'message'>): string => `BROKEN at ${String(firstBroken)}: ${String(problem)}: ${String(message)}`;

async function withAudit<T>(environment: Environment, work: (audit: AuditSubgraph, url: string) => Promise<T>): Promise<T> {
  const { url, close } = await openDatabase(environment);
  const { surroundings, database } = await alone(environment, url, { domain: 'audit', logger: silent });
  const audit = auditSubgraph(surroundings);
  try {
    return await work(audit, url);
  } finally {
    await audit.close();
    await database.close();
    await close();
  }
}
