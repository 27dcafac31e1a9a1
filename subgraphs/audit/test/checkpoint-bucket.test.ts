/** Checkpoints in a bucket whose objects are locked: nobody takes them back, and what was cut off behind them is found. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkpointBucket } from '../src/store/checkpoint-bucket.ts';
import { credentials, type StandIn, standIn } from './s3-stand-in.ts';

let s3: StandIn;
let today = new Date('2026-11-20T12:00:00Z');
beforeAll(async () => { s3 = await standIn('kept', () => today); });
afterAll(() => s3.close());

const sink = (over: Partial<Parameters<typeof checkpointBucket>[0]> = {}) => checkpointBucket(
  { bucket: 'kept', prefix: 'pms/', region: 'eu-central-1', endpoint: s3.endpoint, retentionDays: 10, credentials: () => Promise.resolve(credentials), ...over }, () => today);
const checkpoint = (size: number, organizationId = 'org_a') => ({ organizationId, size, rootHash: 'ab', takenAt: '2026-11-20T12:00:00.000Z', signature: 'cd' });

test('what is written is read again, in order, of one organisation alone, each once however often it is tried', async () => {
  const kept = sink();
  for (const size of [5, 1_000, 20, 3, 20]) await kept.append(checkpoint(size));
  await kept.append(checkpoint(7, 'org_b'));
  expect((await kept.read('org_a')).map(({ size }) => size)).toEqual([3, 5, 20, 1_000]);
  expect(await kept.read('org_b')).toEqual([checkpoint(7, 'org_b')]);
  expect(await kept.read('org_none')).toEqual([]);
  expect(kept.where).toBe('s3://kept/pms/');
});

test('a locked object is neither removed nor replaced: hidden or overwritten it is read all the same, until its time is over', async () => {
  const kept = sink();
  await kept.append(checkpoint(1, 'org_locked'));
  const { key = '', versionId } = s3.versions.find((one) => one.key.includes('org_locked')) ?? {};
  expect(await s3.remove(key, versionId)).toBe(403);
  expect(await s3.remove(key)).toBe(204); // puts a delete marker in front
  expect(await s3.overwrite(key, '{"organizationId":"org_locked","size":9}')).toBe(200); // a version more
  expect((await kept.read('org_locked')).map(({ size }) => size)).toContain(1);
  today = new Date('2026-12-01T12:00:00Z');
  expect(await s3.remove(key, versionId)).toBe(204);
});

test('a server that is busy is asked again; a wrong secret, a wrong bucket and one that stays away are told', async () => {
  s3.fail(2);
  await sink().append(checkpoint(11, 'org_busy'));
  expect(await sink().read('org_busy')).toHaveLength(1);
  s3.fail(3);
  await expect(sink().append(checkpoint(12, 'org_busy'))).rejects.toThrow('503 SlowDown');
  await expect(sink({ credentials: () => Promise.resolve({ ...credentials, secretAccessKey: 'another' }) }).append(checkpoint(1))).rejects.toThrow('403 SignatureDoesNotMatch');
  await expect(sink({ bucket: 'another' }).read('org_a')).rejects.toThrow('404 NoSuchBucket');
});

test('what is to be kept for no time is refused by the bucket, and told', async () => {
  await expect(sink({ retentionDays: 0 }).append(checkpoint(2))).rejects.toThrow('400 InvalidArgument');
});
