/** That every mutation of a domain leaves a trace, whatever becomes of it. */
import { DomainError, Refusal } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { newId } from '@pms/events/ids';
import { mutationNotedBy } from '@pms/events/mutation-noted';
import { eventOf, OUTBOX_COLUMNS, type OutboxRow } from '@pms/events/outbox';
import { unitOfWork } from '@pms/events/unit-of-work';
import { connect, type Database } from '@pms/prisma/connect';
import { silent } from '@pms/telemetry/logger';
import { principal } from '@pms/testing/front-door';
import { testDatabase } from '@pms/testing/test-database';
import { execute, parse } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { audited } from '../src/audited.ts';
import { outlined } from '../src/outline.ts';
import { payload } from '../src/refusals.ts';
import { executableSchema } from '../src/schema.ts';
import { type SignedRequest, signed, type Subgraph } from '../src/subgraph.ts';

let database: Database;
let drop: () => Promise<void>;
let made: Subgraph;
beforeAll(async () => {
  const found = await testDatabase();
  drop = found.drop;
  database = connect(found.url);
  const work = unitOfWork(database, 'portfolio', () => undefined);
  const tell = (ctx: SignedRequest) => work(({ outbox }) => outbox.add([event(mutationNotedBy('portfolio'), 'own', { mutation: 'own', outcome: 'DONE', codes: [], input: null }, { ...ctx, newId, now: () => new Date() })]));
  const schema = executableSchema(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@requiresScopes"])
    type UserError { code: String! message: String! path: [String!]! }
    input In { name: String, reason: String, password: String, portfolioId: ID, amount: String }
    type Out { userErrors: [UserError!]! }
    type Query { nothing: Int }
    type Mutation { tells(input: In): Out, silent(input: In): Out, refuses(input: In): Out, forbids(input: In): Out @requiresScopes(scopes: [["identity:manage"]]), breaks(input: In): Out, together(input: In): Out }`, {
    Mutation: {
      tells: (_: unknown, __: unknown, ctx: SignedRequest) => payload([], async () => { await tell(ctx); return {}; }),
      together: (_: unknown, __: unknown, ctx: SignedRequest) => payload([], async () => { await new Promise((resolve) => { setTimeout(resolve, 5); }); await tell(ctx); return {}; }),
      silent: () => payload([], async () => ({})),
      refuses: () => payload([], async () => { throw new Refusal('CONFLICT', 'no', []); }),
      forbids: () => payload([], async () => ({})),
      breaks: () => payload([], async () => { throw new DomainError('RATE_LIMITED', 'slow down'); }),
    },
  });
  made = audited({ name: 'portfolio', schema, reactions: [], contextFor: signed, ready: async () => undefined, close: async () => undefined }, { database, newId, now: () => new Date(), wake: () => undefined, logger: silent });
});
afterAll(async () => {
  await database.close();
  await drop();
});

async function ask(fields: string, correlationId: string) {
  const contextValue = made.contextFor({ principal: principal({ scopes: new Set(['portfolio:write']) }), token: null, correlationId });
  await execute({ schema: made.schema, document: parse(`mutation { ${fields} }`), contextValue });
  const { rows } = await database.query<OutboxRow>(`select ${OUTBOX_COLUMNS} from portfolio.outbox_event where correlation_id = $1 order by seq`, [correlationId]);
  return rows.map(eventOf);
}
const INPUT = '(input: { name: "Ada Lovelace", reason: "because", password: "hush", portfolioId: "prt_1", amount: "12.50" }) { userErrors { code } }';

test('a mutation that told events is on record by them, and by nothing else', async () => {
  expect((await ask(`tells ${INPUT}`, 'cor-tells')).map(({ key }) => key)).toEqual(['own']);
});

test.each([
  ['silent', 'DONE', []], ['refuses', 'REFUSED', ['CONFLICT']], ['forbids', 'REFUSED', ['FORBIDDEN']], ['breaks', 'REFUSED', ['RATE_LIMITED']],
])('%s is noted as %s, with who asked for what and why', async (mutation, outcome, codes) => {
  const [noted, ...others] = await ask(`${mutation} ${INPUT}`, `cor-${mutation}`);
  expect(noted).toMatchObject({
    type: 'portfolio.mutation-noted.v1', actor: 'usr_tester', organizationId: 'org_one', reason: 'because',
    data: { mutation, outcome, codes, input: { name: '… 12 characters', reason: '… 7 characters', password: '…', portfolioId: 'prt_1', amount: '12.50' } },
  });
  expect(others).toEqual([]);
});

test('each of several mutations of one request is looked at by itself, and of requests under one id at the same time none hides another', async () => {
  expect((await ask(`a: tells ${INPUT} b: silent ${INPUT}`, 'cor-two')).map(({ data }) => (data as { mutation: string }).mutation)).toEqual(['own', 'silent']);
  await Promise.all([ask(`together ${INPUT}`, 'cor-same'), ask(`silent ${INPUT}`, 'cor-same')]);
  const told = await ask(`tells ${INPUT}`, 'cor-same');
  expect(told.map(({ data }) => (data as { mutation: string }).mutation)).toContain('silent');
});

test('text that may say something about people, or is a secret, becomes its length', () => {
  expect(outlined({ email: 'ada@world.example', day: '2026-11-20', at: '2026-11-20T12:00:00Z', side: 'BUY', price: '-1.5', n: 3, ok: true, none: null, id: 'usr_1', secretToken: 'abc' }))
    .toEqual({ email: '… 17 characters', day: '2026-11-20', at: '2026-11-20T12:00:00Z', side: 'BUY', price: '-1.5', n: 3, ok: true, none: null, id: 'usr_1', secretToken: '…' });
});

test('an outline is bounded, whatever came', () => {
  const long = outlined({ rows: Array.from({ length: 100_000 }, (_, n) => ({ n })) });
  expect(JSON.stringify(long).length).toBeLessThan(5_000);
  expect(JSON.stringify(long)).toContain('… of 100000');
  let deep: unknown = 1;
  for (let n = 0; n < 50; n += 1) deep = { deep };
  expect(JSON.stringify(outlined(deep)).length).toBeLessThan(200);
});
