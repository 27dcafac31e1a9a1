import { connect, type Database } from '@pms/prisma/connect';
import { testDatabase } from '@pms/testing/test-database';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrayText } from './array-text.ts';

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  const made = await testDatabase();
  ({ drop } = made);
  database = connect(made.url, { poolMax: 2 });
});
afterAll(async () => { await database.close(); await drop(); });

test('texts come to Postgres as they are, whatever is in them', async () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[{}",\\ \n NUL]*$/), fc.constant(null)).filter((value) => value?.includes('\0') !== true && value?.isWellFormed() !== false);
  await fc.assert(fc.asyncProperty(fc.array(text, { maxLength: 20 }), async (given) => {
    const { rows: [row] } = await database.query<{ texts: (string | null)[] }>('select $1::text[] as texts', [given]);
    expect(row?.texts).toEqual(given);
  }), { numRuns: 60 });
});

test('numbers, truth and absence come as what they are', async () => {
  const { rows } = await database.query('select * from unnest($1::numeric[], $2::boolean[], $3::bigint[]) as t(n, b, i)', [[1.5, -2, null], [true, false, undefined], [9_007_199_254_740_993n, 1, null]]);
  expect(rows).toEqual([{ n: '1.5', b: true, i: '9007199254740993' }, { n: '-2', b: false, i: '1' }, { n: null, b: null, i: null }]);
});

test('what is no plain value is left to the driver', async () => {
  expect(arrayText([new Date(0)])).toBeNull();
  expect(arrayText([['nested']])).toBeNull();
  const { rows } = await database.query('select ($1::timestamptz[])[1] = to_timestamp(0) as same', [[new Date(0)]]);
  expect(rows).toEqual([{ same: true }]);
});
