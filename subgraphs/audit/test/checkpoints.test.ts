/** Checkpoints, proofs and exports: what an auditor can hold the trail against, and what becomes of who changes it. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { portfolioClosed } from '@pms/schema/events/portfolio';
import { type FrontDoor, frontDoor, heard, principal } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sealOf } from '../src/domain/hash-chain.ts';
import { rootOfPath } from '../src/domain/merkle.ts';
import { type AuditSubgraph, auditSubgraph, type SignedCheckpoint, verifyExport } from '../src/subgraph.ts';

let door: FrontDoor;
let audit: AuditSubgraph;
const folder = mkdtempSync(path.join(os.tmpdir(), 'pms-checkpoints-'));
beforeAll(async () => {
  door = await frontDoor((surroundings) => (audit = auditSubgraph({ ...surroundings, settings: { ...surroundings.settings, checkpoints: folder } })));
});
afterAll(async () => {
  await door.close();
  rmSync(folder, { recursive: true });
});

const record = async (organizationId: string, count: number): Promise<void> => {
  await door.hear(...Array.from({ length: count }, (_, n) => heard(portfolioClosed, `prt_${n}`, { portfolioId: `prt_${n}` }, { organizationId })));
};
const ask = async (organizationId: string, query: string, variables: Record<string, unknown> = {}) => door.ask(query, variables, { as: principal({ organizationId }) });
const kept = (organizationId: string): SignedCheckpoint[] =>
  readFileSync(path.join(folder, `${organizationId}.jsonl`), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as SignedCheckpoint);
const tamper = (...statements: string[]): Promise<void> => door.database.transaction(async (sql) => {
  await sql.query('set local session_replication_role = replica');
  for (const statement of statements) await sql.query(statement);
});
const VERIFY = '{ verifyAuditTrail { valid entries firstBroken problem message merkleRoot } }';
async function* from(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

test('a checkpoint is the Merkle root of the entries so far, signed, kept here and in a file that its owner alone reads', async () => {
  await record('org_a', 5);
  await audit.checkpoint();
  await record('org_a', 8);
  await audit.checkpoint();
  expect(await audit.checkpoint()).toBe(0); // nothing is new
  const { data } = await ask('org_a', '{ auditCheckpoints { edges { node { size rootHash takenAt signature } } } auditCheckpointKey }');
  const here = data.auditCheckpoints.edges.map(({ node }: { node: object }) => node);
  expect(kept('org_a')).toEqual(here.map((one: object) => ({ organizationId: 'org_a', ...one })));
  expect(here.map(({ size }: { size: number }) => size)).toEqual([5, 13]);
  expect((await ask('org_a', VERIFY)).data.verifyAuditTrail).toMatchObject({ valid: true, entries: 13, merkleRoot: here[1].rootHash });
  expect(data.auditCheckpointKey).toMatch(/^-----BEGIN PUBLIC KEY-----/);
  expect(statSync(path.join(folder, 'org_a.jsonl')).mode & 0o777).toBe(0o600);
});

test('a proof leads from each entry to the root of a checkpoint', async () => {
  const [first] = kept('org_a');
  for (let seq = 1; seq <= 5; seq += 1) {
    const { data: { auditProof: { entryHash, path: beside, rootHash, size } } } = await ask('org_a', 'query ($seq: Int!) { auditProof(seq: $seq, size: 5) { size entryHash path rootHash } }', { seq });
    expect(rootHash).toBe(first?.rootHash);
    const led = rootOfPath(Buffer.from(entryHash, 'hex'), { index: seq - 1, size, path: beside.map((hash: string) => Buffer.from(hash, 'hex')) });
    expect(led?.toString('hex')).toBe(first?.rootHash);
  }
  expect((await ask('org_a', '{ auditProof(seq: 6, size: 5) { size } }')).codes).toEqual(['BAD_USER_INPUT']);
  expect((await ask('org_a', '{ auditProof(seq: 1, size: 99) { size } }')).messages).toEqual(['`size` is from 1 to 13']);
  expect((await ask('org_other', '{ auditProof(seq: 1) { size } }')).codes).toEqual(['BAD_USER_INPUT']); // its own trail is empty
});

test('an export can be verified with nothing else at hand, and with what was kept elsewhere', async () => {
  const lines = await Array.fromAsync(audit.exportTrail('org_a'));
  expect(lines).toHaveLength(14);
  expect(await verifyExport(from(lines))).toMatchObject({ organizationId: 'org_a', valid: true, entries: 13, checkpoints: 2 });
  expect(await verifyExport(from(lines), { known: [...kept('org_a'), ...kept('org_a')] })).toMatchObject({ valid: true, checkpoints: 6 });
  expect(await Array.fromAsync(audit.exportTrail('org_none'))).toEqual([]);
});

test('an export that was changed, cut off, reordered or added to is found, and one that is none is refused', async () => {
  const lines = await Array.fromAsync(audit.exportTrail('org_a'));
  const edited = lines.map((line, at) => (at === 4 ? line.replace('"actor":"usr_tester"', '"actor":"usr_another"') : line));
  expect(await verifyExport(from(edited))).toMatchObject({ valid: false, firstBroken: 4, problem: 'CONTENT_CHANGED' });
  expect(await verifyExport(from(lines.slice(0, -2)))).toMatchObject({ valid: false, firstBroken: 12, problem: 'TAIL_CHANGED' });
  expect(await verifyExport(from([lines[0]!, lines[2]!, lines[1]!]))).toMatchObject({ valid: false, firstBroken: 1, problem: 'ORDER_CHANGED', message: expect.stringContaining('another order') });
  expect(await verifyExport(from([...lines, lines[13]!]))).toMatchObject({ valid: false, problem: 'FORKED' });
  expect(await verifyExport(from(lines.filter((_, at) => at !== 7)))).toMatchObject({ valid: false, firstBroken: 7, problem: 'ENTRY_MISSING', message: 'entry 7 was removed' });
  const another = JSON.stringify({ ...JSON.parse(lines[0]!), checkpoints: [{ ...kept('org_a')[0], size: 4 }] });
  expect(await verifyExport(from([another, ...lines.slice(1)]))).toMatchObject({ valid: false, firstBroken: 4, problem: 'CHECKPOINT_DIFFERS' });
  await expect(verifyExport(from(['{}']))).rejects.toThrow('no audit export');
  await expect(verifyExport(from([lines[0]!, 'rubbish']))).rejects.toThrow('line 2 is no JSON object');
  await expect(verifyExport(from([]))).rejects.toThrow('empty');
});

test('a whole chain that somebody made anew, with head and seals that fit, is found by what was written down before', async () => {
  await record('org_forged', 3);
  await audit.checkpoint();
  await tamper(`delete from audit.chain_entry where organization_id = 'org_forged'`, `delete from audit.chain_head where organization_id = 'org_forged'`, `delete from audit.inbox_event`);
  await record('org_forged', 3); // the platform itself chains and seals them
  expect((await ask('org_forged', VERIFY)).data.verifyAuditTrail).toMatchObject({ valid: false, firstBroken: 3, problem: 'CHECKPOINT_DIFFERS' });
  await tamper(`delete from audit.checkpoint where organization_id = 'org_forged'`); // from the database: it is elsewhere, too
  const held = (await ask('org_forged', VERIFY)).data.verifyAuditTrail;
  expect(held).toMatchObject({ valid: false, firstBroken: 3, problem: 'CHECKPOINT_DIFFERS', message: expect.stringContaining(folder) });
  const lines = await Array.fromAsync(audit.exportTrail('org_forged'));
  expect(await verifyExport(from(lines), { known: kept('org_forged') })).toMatchObject({ valid: false, firstBroken: 3, problem: 'CHECKPOINT_DIFFERS' });
});

test('a tail that was cut off behind a checkpoint is found', async () => {
  await record('org_cut', 4);
  await audit.checkpoint();
  await tamper(`delete from audit.chain_entry where organization_id = 'org_cut' and seq > 2`,
    `update audit.chain_head set seq = 2, hash = (select hash from audit.chain_entry where organization_id = 'org_cut' and seq = 2) where organization_id = 'org_cut'`);
  await tamper(`delete from audit.checkpoint where organization_id = 'org_cut'`);
  const [verified] = await Array.fromAsync(audit.verifyAll()).then((all) => all.filter(({ organizationId }) => organizationId === 'org_cut'));
  expect(verified).toMatchObject({ valid: false, problem: 'HEAD_FORGED' }); // set back by somebody without the key of its seal
  const lines = await Array.fromAsync(audit.exportTrail('org_cut'));
  expect(await verifyExport(from(lines), { known: kept('org_cut') })).toMatchObject({ valid: false, firstBroken: 3, problem: 'TAIL_CHANGED' });
});

test('a tail that was cut off by somebody with every key of the day is found by what is kept outside', async () => {
  await record('org_keys', 5);
  await audit.checkpoint();
  const { rows: [row] } = await door.database.query<{ hash: string; at: Date }>(`select hash, recorded_at as at from audit.chain_entry where organization_id = 'org_keys' and seq = 3`);
  const head = { organizationId: 'org_keys', seq: 3, hash: row?.hash ?? '', recordedAt: row?.at.toISOString() ?? '' };
  const seal = sealOf(head, await door.surroundings.settings.secret('audit-seal'));
  await tamper(`delete from audit.chain_entry where organization_id = 'org_keys' and seq > 3`, `delete from audit.checkpoint where organization_id = 'org_keys'`,
    `update audit.chain_head set seq = 3, hash = '${head.hash}', recorded_at = '${head.recordedAt}', seal = '${seal}' where organization_id = 'org_keys'`);
  expect((await ask('org_keys', VERIFY)).data.verifyAuditTrail).toMatchObject({
    valid: false, entries: 3, firstBroken: 4, problem: 'TAIL_CHANGED', message: expect.stringMatching(/^the tail was deleted: the checkpoint of 5 entries taken at .*, kept in .*pms-checkpoints/),
  });
});

test('a checkpoint that somebody else wrote into the folder or the table is told from ours', async () => {
  await record('org_signed', 2);
  await audit.checkpoint();
  await tamper(`update audit.checkpoint set signature = repeat('ab', 64) where organization_id = 'org_signed'`);
  expect((await ask('org_signed', VERIFY)).data.verifyAuditTrail).toMatchObject({ valid: false, problem: 'CHECKPOINT_DIFFERS', message: 'the checkpoint of 2 entries in the database is not signed by us' });
});

test('a line that a crash broke off is no checkpoint, and the next one stands in a line of its own; what somebody spoilt is told', async () => {
  const file = path.join(folder, 'org_torn.jsonl');
  await record('org_torn', 2);
  await audit.checkpoint();
  appendFileSync(file, '{"organizationId":"org_torn","size":3,"rootH');
  expect((await ask('org_torn', VERIFY)).data.verifyAuditTrail).toMatchObject({ valid: true, entries: 2 });
  await record('org_torn', 2);
  await audit.checkpoint();
  expect(kept('org_torn').map(({ size }) => size)).toEqual([2, 4]);
  truncateSync(file, statSync(file).size - 1); // all but the end of its line
  await record('org_torn', 1);
  await audit.checkpoint();
  expect(kept('org_torn').map(({ size }) => size)).toEqual([2, 4, 5]);
  appendFileSync(file, 'spoilt\n');
  expect((await ask('org_torn', VERIFY)).codes).toHaveLength(1);
});

test('checkpoints are only ever added', async () => {
  await expect(door.database.query('update audit.checkpoint set size = size + 1')).rejects.toThrow('only ever added to');
  await expect(door.database.query('delete from audit.checkpoint')).rejects.toThrow('only ever added to');
  await expect(door.database.query('truncate audit.checkpoint')).rejects.toThrow('only ever added to');
});
