/** Answers that leave compressed, and those that do not. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RawAnswer, send } from './raw.ts';
import { openShop, type Shop } from './shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ settings: { limits: { errorsMax: 50 } } });
});
afterAll(() => shop.router.close());

const SMALL = '{ product(id: 1) { name } }';
const LARGE = `{ ${Array.from({ length: 18 }, (_, n) => `p${n}: products { id name price }`).join(' ')} }`;
const asked = (query: string, accepted: string | null, of: Shop = shop): Promise<RawAnswer> => send(`${of.router.url}/graphql`, {
  body: JSON.stringify({ query }), headers: { 'content-type': 'application/json', ...(accepted === null ? {} : { 'accept-encoding': accepted }) },
});

test.each([
  ['gzip', 'gzip'], ['br', 'br'], ['gzip, deflate, br', 'br'], ['gzip;q=1.0, br;q=0.5', 'gzip'], ['*', 'br'], ['br;q=0, *', 'gzip'], ['GZIP', 'gzip'], ['x-gzip', 'gzip'],
  ['deflate', undefined], ['identity', undefined], ['gzip;q=0', undefined], ['', undefined], [null, undefined], ['br;q=nonsense', undefined],
])('a large answer to a client that accepts %s leaves as %s', async (accepted, encoding) => {
  const answer = await asked(LARGE, accepted);
  expect([answer.status, answer.headers['content-encoding']]).toEqual([200, encoding]);
  expect(answer.headers.vary).toContain('accept-encoding');
  const bytes = encoding === 'br' ? brotliDecompressSync(answer.bytes) : encoding === 'gzip' ? gunzipSync(answer.bytes) : answer.bytes;
  expect(JSON.parse(bytes.toString())).toMatchObject({ data: { p17: [{ name: 'product 1' }, { name: 'product 2' }, { name: 'product 3' }] } });
  expect(Number(answer.headers['content-length'])).toBe(answer.bytes.length);
  if (encoding !== undefined) expect(answer.bytes.length).toBeLessThan(bytes.length / 4);
});

test('a small one leaves as it is, and so does each where compression is off', async () => {
  expect((await asked(SMALL, 'gzip, br')).headers['content-encoding']).toBeUndefined();
  const plain = await openShop({ settings: { http: { compression: { enabled: false } } } });
  const answer = await asked(LARGE, 'gzip, br', plain);
  expect(answer.headers['content-encoding']).toBeUndefined();
  expect(answer.headers.vary).not.toContain('accept-encoding');
  await plain.router.close();
});

test('an error that is large is compressed, too', async () => {
  const answer = await asked(`{ products { ${Array.from({ length: 40 }, (_, n) => `nothingOfThisName${n}`).join(' ')} } }`, 'gzip');
  expect(answer.headers['content-encoding']).toBe('gzip');
  expect(JSON.parse(gunzipSync(answer.bytes).toString())).toMatchObject({ errors: expect.any(Array) as unknown[] });
});
