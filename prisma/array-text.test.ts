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

test('JSON comes to Postgres as it is, and as text letter by letter, whatever is in it, also where it is long', async () => {
  const value = fc.oneof(fc.jsonValue(), fc.string({ unit: 'grapheme', minLength: 60, maxLength: 90 }), fc.constant('é'.repeat(70_000)));
  const json = fc.option(value.map((one) => JSON.stringify(one)).filter((text) => !text.includes('\\u0000') && text.isWellFormed() && !/\\u[dD][89a-fA-F]/.test(text)));
  await fc.assert(fc.asyncProperty(fc.array(json, { maxLength: 20 }), async (given) => {
    const { rows } = await database.query<{ same: boolean }>('select json is not distinct from text::jsonb and kept::text is not distinct from text as same from unnest($1::jsonb[], $2::text[], $3::json[]) as t(json, text, kept)', [given, given, given]);
    expect(rows).toEqual(given.map(() => ({ same: true })));
  }), { numRuns: 60 });
  const { rows: [empty] } = await database.query('select $1::jsonb[] as json, $2::text[] as texts', [[], []]);
  expect(empty).toEqual({ json: [], texts: [] });
});

test('numbers, truth and absence come as what they are', async () => {
  const { rows } = await database.query('select * from unnest($1::numeric[], $2::boolean[], $3::bigint[]) as t(n, b, i)', [[1.5, -2, null], [true, false, undefined], [9_007_199_254_740_993n, 1, null]]);
  const { rows: [texts] } = await database.query('select $1::text[] as texts', [[1.5, 9_007_199_254_740_993n, undefined, 'x']]);
  expect(texts).toEqual({ texts: ['1.5', '9007199254740993', null, 'x'] });
  expect(rows).toEqual([{ n: '1.5', b: true, i: '9007199254740993' }, { n: '-2', b: false, i: '1' }, { n: null, b: null, i: null }]);
});

test('what is no plain value is left to the driver', async () => {
  expect(arrayText([new Date(0)])).toBeNull();
  expect(arrayText([['nested']])).toBeNull();
  const { rows } = await database.query('select ($1::timestamptz[])[1] = to_timestamp(0) as same', [[new Date(0)]]);
  expect(rows).toEqual([{ same: true }]);
});
