/** Exports over HTTP: streamed to who may have them, as a file; others learn why not; half of one is never taken for the whole. */
import { DomainError } from '@pms/errors';
import type { Principal } from '@pms/identity/principal';
import { silent } from '@pms/telemetry/logger';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { exportRoutes } from '../src/export-routes.ts';
import { byKey, type Dataset, type ExportQuery } from '../src/exports.ts';

const principal = (over: Partial<Principal> = {}): Principal => ({
  subject: 'usr_tester', kind: 'USER', organizationId: 'org_one', roles: [], scopes: new Set(['books:read']), tokenId: 'tok_1', expiresAt: 4_102_444_800, ...over,
});
const people = new Map([['Bearer reader', principal()], ['Bearer trader', principal({ scopes: new Set(['trade:read']) })], ['Bearer stranger', principal({ issuer: 'https://elsewhere' })]]);
const asked: ExportQuery[] = [];
/** Three numbers for each organisation, one a page. */
const numbers: Dataset = {
  name: 'numbers', meaning: 'Numbers.', scope: 'books:read', columns: ['of', 'number', 'note'], takes: ['portfolioId', 'from', 'knownAt'],
  async *pages(query) {
    asked.push(query);
    for await (const page of byKey<number>(async (after) => ((after ?? 0) < 3 ? [(after ?? 0) + 1] : []))) yield page.map((number) => [query.organizationId, `${number}.10`, number === 2 ? '=1+1' : null]);
  },
};

let app: FastifyInstance | undefined;
afterEach(async () => {
  asked.length = 0;
  await app?.close();
});

async function serving(...datasets: readonly Dataset[]): Promise<(path: string, token?: string | null) => Promise<Response>> {
  const server = fastify({ forceCloseConnections: true });
  app = server;
  exportRoutes(server, {
    datasets, logger: silent,
    authenticate: async (authorization) => {
      if (authorization === undefined) return null;
      const who = people.get(authorization);
      if (who === undefined) throw new DomainError('UNAUTHENTICATED', 'the token does not verify');
      return who;
    },
  });
  const address = await server.listen({ host: '127.0.0.1', port: 0 });
  return (path, token = 'reader') => fetch(`${address}${path}`, token === null ? {} : { headers: { authorization: `Bearer ${token}` } });
}

test('an export is a file, as CSV that is safe in a spreadsheet or as JSON, of the caller’s organisation', async () => {
  const get = await serving(numbers);
  const csv = await get('/exports/numbers.csv?portfolioId=prt_1&from=2026-10-01&knownAt=2026-10-01T12:00:00.123456Z');
  expect([csv.status, csv.headers.get('content-type'), csv.headers.get('content-disposition'), csv.headers.get('cache-control')]).toEqual(
    [200, 'text/csv; charset=utf-8; header=present', 'attachment; filename="numbers.csv"', 'no-store']);
  expect(await csv.text()).toBe("of,number,note\r\norg_one,1.10,\r\norg_one,2.10,'=1+1\r\norg_one,3.10,\r\n");
  expect(asked).toEqual([{ organizationId: 'org_one', portfolioId: 'prt_1', instrumentId: null, from: '2026-10-01', to: null, asOf: null, knownAt: '2026-10-01T12:00:00.123456Z' }]);
  const json = await get('/exports/numbers.json');
  expect(await json.json()).toEqual([{ of: 'org_one', number: '1.10', note: null }, { of: 'org_one', number: '2.10', note: '=1+1' }, { of: 'org_one', number: '3.10', note: null }]);
  const none = await serving({ ...numbers, async *pages() { yield []; } });
  expect(await (await none('/exports/numbers.json')).json()).toEqual([]);
});

test('who may not have it, and what cannot be asked, is refused before anything is sent', async () => {
  const get = await serving(numbers, { ...numbers, name: 'faulty', async *pages() { yield await Promise.reject(new Error('the database is away')); } });
  const refused = async (path: string, token?: string | null) => {
    const response = await get(path, token);
    const { errors: [{ message, extensions }] } = await response.json() as { errors: [{ message: string; extensions: { code: string } }] };
    return [response.status, extensions.code, message];
  };
  expect(await refused('/exports/numbers.csv', null)).toEqual([401, 'UNAUTHENTICATED', 'sign in first: the request carries no access token']);
  expect(await refused('/exports/numbers.csv', 'forged')).toEqual([401, 'UNAUTHENTICATED', 'the token does not verify']);
  expect((await refused('/exports/numbers.csv', 'stranger')).slice(0, 2)).toEqual([401, 'UNAUTHENTICATED']);
  expect(await refused('/exports/numbers.csv', 'trader')).toEqual([403, 'FORBIDDEN', 'this needs the scope books:read']);
  expect(await refused('/exports/numbers.csv?asOf=2026-10-01')).toEqual([400, 'BAD_USER_INPUT', 'numbers cannot be asked for by asOf; it knows portfolioId, from, knownAt']);
  expect((await refused('/exports/numbers.csv?from=2026-02-30')).slice(0, 2)).toEqual([400, 'BAD_USER_INPUT']);
  expect((await refused('/exports/numbers.csv?knownAt=today')).slice(0, 2)).toEqual([400, 'BAD_USER_INPUT']);
  expect(await refused('/exports/faulty.csv')).toEqual([500, 'INTERNAL', 'something went wrong on our side']);
  expect((await get('/exports/unknown.csv')).status).toBe(404);
});

test('an export that fails half way breaks off, and is not taken for the whole', async () => {
  const get = await serving({ ...numbers, async *pages() { yield [['a', 'b', null]]; throw new Error('the disk is gone'); } });
  await expect(get('/exports/numbers.json').then((response) => response.text())).rejects.toThrow();
});

test('so many exports at once are enough; the next one is told when to try again', async () => {
  let go = (): void => undefined;
  const waiting = new Promise<void>((resolve) => { go = resolve; });
  const get = await serving({ ...numbers, async *pages() { yield [['a', 'b', null]]; await waiting; } });
  const running = await Promise.all(Array.from({ length: 8 }, () => get('/exports/numbers.csv')));
  const one = await get('/exports/numbers.csv');
  expect([one.status, one.headers.get('retry-after')]).toEqual([429, '5']);
  go();
  for (const each of running) await each.text();
  expect((await get('/exports/numbers.csv')).status).toBe(200);
});
