/** `pms audit`: chains verified where they are, exported, and verified from an export with nothing else at hand. Works beside a running platform, or without one. */
import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type AuditSubgraph, auditSubgraph, type SignedCheckpoint, verifyExport } from '@pms/audit';
import { StartError } from '@pms/prisma/embedded';
import { silent } from '@pms/telemetry/logger';
import { openDatabase } from './database.ts';
import type { Environment } from './environment.ts';
import { alone } from './world.ts';

export async function verifyAudit(environment: Environment): Promise<void> {
  await withAudit(environment, async (audit) => {
    for await (const { organizationId, valid, entries, firstBroken, problem } of audit.verifyAll()) {
      console.log(`${organizationId}  ${String(entries)} entries, ${valid ? 'the chain holds' : `BROKEN at ${String(firstBroken)}: ${String(problem)}`}`);
      if (!valid) process.exitCode = 1;
    }
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
  console.log(`${String(taken)} checkpoints taken, in ${environment.auditCheckpoints}`);
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
  const { organizationId, entries, valid, firstBroken, problem, merkleRoot, checkpoints: held } = await verifyExport(
    createInterface({ input: createReadStream(file) }), { known, ...(key === undefined ? {} : { publicKey: readFileSync(key, 'utf8') }) });
  console.log(`${organizationId}  ${String(entries)} entries, ${String(held)} checkpoints, ${valid ? `the chain holds; Merkle root ${merkleRoot}` : `BROKEN at ${String(firstBroken)}: ${String(problem)}`}`);
  if (!valid) process.exitCode = 1;
}

async function withAudit<T>(environment: Environment, work: (audit: AuditSubgraph) => Promise<T>): Promise<T> {
  const { url, close } = await openDatabase(environment);
  const { surroundings, database } = alone(environment, url, silent);
  const audit = auditSubgraph(surroundings);
  try {
    return await work(audit);
  } finally {
    await audit.close();
    await database.close();
    await close();
  }
}
