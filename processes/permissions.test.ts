/** Every root field in every role: the router and the subgraphs let through and refuse what docs/security/permissions.md says, line by line. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Principal, principalFrom, type Role, roles, scopesOf } from '@pms/identity/principal';
import { startRouter } from '@pms/router';
import { inProcess } from '@pms/router/dial/in-process';
import type { Dial } from '@pms/router/dial/transport';
import type { Subgraph } from '@pms/subgraph/subgraph';
import { silent } from '@pms/telemetry/logger';
import { keepRoleSecrets, testDatabase } from '@pms/testing/test-database';
import {
  execute, type GraphQLInputType, type GraphQLObjectType, getNamedType, isCompositeType, isEnumType, isInputObjectType, isListType, isNonNullType, isRequiredArgument, isRequiredInputField,
  parse, subscribe,
} from 'graphql';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { domainNames } from './catalogue.ts';
import { environment } from './environment.ts';
import { routerOptions } from './router.ts';
import { openWorld, type World } from './world.ts';

const DOCUMENT = path.resolve(import.meta.dirname, '../docs/security/permissions.md');
const AT_ONCE = 8;
const PATIENCE = { timeout: 60_000, interval: 50 };
/** Bounds, not expectations: a thousand requests on a machine that may have other work. */
const TEST_MS_MAX = 120_000;
const roots = ['Query', 'Mutation', 'Subscription'] as const;
type Root = (typeof roots)[number];

interface Line {
  readonly domain: string;
  readonly root: Root;
  readonly field: string;
  readonly allowed: ReadonlyMap<Role, boolean>;
}

/** As the page says it. */
function linesOf(page: string): Line[] {
  const [, section = ''] = /## Fields at the root\n([\s\S]*?)\n## /.exec(page) ?? [];
  return section.split(/^### /m).slice(1).flatMap((part) => {
    const [domain = '', ...rows] = part.split('\n');
    const names = (rows.find((row) => row.startsWith('| field')) ?? '').split('|').slice(3, -1).map((cell) => cell.trim()) as Role[];
    return rows.flatMap((row): Line[] => {
      const [, root, field, rest = ''] = /^\| `(Query|Mutation|Subscription)\.(\w+)` \|(.*)\|$/.exec(row) ?? [];
      if (root === undefined || field === undefined) return [];
      const cells = rest.split('|').slice(1).map((cell) => cell.trim() === 'yes');
      return [{ domain, root: root as Root, field, allowed: new Map(names.map((name, at) => [name, cells[at] === true])) }];
    });
  });
}

/** The least that the type takes; nothing of it exists. */
function example(type: GraphQLInputType): string {
  if (isNonNullType(type)) return example(type.ofType);
  if (isListType(type)) return `[${example(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const wanted = type.isOneOf ? fields.slice(0, 1) : fields.filter(isRequiredInputField);
    return `{ ${wanted.map((field) => `${field.name}: ${example(field.type)}`).join(', ')} }`;
  }
  const scalars: Record<string, string> = { Int: '1', Float: '1', Boolean: 'true', Decimal: '"1"', Date: '"2026-01-05"', DateTime: '"2026-01-05T10:00:00Z"', Currency: '"USD"', JSON: '{}' };
  return scalars[type.name] ?? '"none_1"';
}

function operation(subgraph: Subgraph, root: Root, name: string): string {
  const field = (subgraph.schema.getType(root) as GraphQLObjectType).getFields()[name];
  if (field === undefined) throw new Error(`${subgraph.name} has no ${root}.${name}`);
  const given = field.args.filter(isRequiredArgument).map((argument) => `${argument.name}: ${example(argument.type)}`);
  return `${root.toLowerCase()} { ${name}${given.length === 0 ? '' : `(${given.join(', ')})`}${isCompositeType(getNamedType(field.type)) ? ' { __typename }' : ''} }`;
}

const principalOf = (role: Role): Principal =>
  principalFrom({ sub: `usr_${role}`, token_use: 'USER', org: 'org_one', roles: [role], scope: scopesOf([role]).join(' '), jti: `tok_${role}`, exp: 4_102_444_800 });
const principals = new Map(roles.map((role) => [role as string, principalOf(role)]));

/** Resolves once the router has subscribed for a token: by then it has let the subscription through. */
const begun = new Map<string, () => void>();
const noting = (dial: Dial): Dial => (subgraph, settings) => {
  const transport = dial(subgraph, settings);
  return {
    execute: (request, context) => transport.execute(request, context),
    subscribe(request, context) {
      begun.get(context.token ?? '')?.();
      return transport.subscribe(request, context);
    },
  };
};

let world: World;
/** A token is `ROLE` or `ROLE.anything`. */
const roleIn = (header = ''): string => /^Bearer (\w+)/.exec(header)?.[1] ?? '';
let router: Awaited<ReturnType<typeof startRouter>>;
const closing: (() => unknown)[] = [];
beforeAll(async () => {
  const database = await testDatabase();
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'pms-permissions-'));
  closing.push(() => fs.rmSync(home, { recursive: true, force: true }), database.drop);
  keepRoleSecrets(home);
  const env = environment({ DATABASE_URL: database.url, PMS_HOME: home, PMS_DEMO: 'false', PORT: '0', PMS_RATE_LIMIT: '10000000/1', LOG_LEVEL: 'silent' });
  world = await openWorld({ environment: env, databaseUrl: database.url, domains: domainNames, shared: false, logger: silent });
  closing.push(() => world.close());
  router = await startRouter({
    ...routerOptions(env, silent), dial: noting(inProcess(world.subgraphs)), authenticate: async (header) => principals.get(roleIn(header)) ?? null,
  });
  closing.push(() => router.close());
});
afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

const REFUSED = new Set(['FORBIDDEN', 'UNAUTHENTICATED']);
const refusedBy = (errors: readonly { readonly extensions?: Record<string, unknown> }[] | undefined): boolean => errors?.some(({ extensions }) => REFUSED.has(String(extensions?.['code']))) === true;

/** Straight at the subgraph, as any process of the network could ask it. */
async function allowedBySubgraph(subgraph: Subgraph, text: string, principal: Principal): Promise<boolean> {
  const args = { schema: subgraph.schema, document: parse(text), contextValue: subgraph.contextFor({ principal, token: null, correlationId: 'cor_1' }) };
  if (!text.startsWith('subscription')) return !refusedBy((await execute(args)).errors);
  const answer = await subscribe(args);
  if (!(Symbol.asyncIterator in answer)) return !refusedBy(answer.errors);
  await answer.return?.(undefined);
  return true;
}

const asked = (text: string, accept: string, token: string, signal?: AbortSignal): Promise<Response> => fetch(`${router.url}/graphql`, {
  method: 'POST', body: JSON.stringify({ query: text }), headers: { 'content-type': 'application/json', accept, ...(token === '' ? {} : { authorization: `Bearer ${token}` }) }, ...(signal === undefined ? {} : { signal }),
});

async function allowedByRouter(text: string, role: string): Promise<boolean> {
  if (text.startsWith('subscription')) return subscribedByRouter(text, role);
  const response = await asked(text, 'application/graphql-response+json', role);
  return !refusedBy(((await response.json()) as { errors?: { extensions: Record<string, unknown> }[] }).errors);
}

/** Either the router asks the subgraph, or its stream begins with the refusal. */
async function subscribedByRouter(text: string, role: string): Promise<boolean> {
  const given = new AbortController();
  const token = role === '' ? '' : `${role}.${text.replaceAll(/\W/g, '')}`;
  const through = new Promise<boolean>((resolve) => { begun.set(token, () => { resolve(true); }); });
  const refusal = (async (): Promise<boolean> => {
    const response = await asked(text, 'text/event-stream', token, given.signal);
    let said = '';
    for await (const bytes of response.body ?? []) {
      said += Buffer.from(bytes as Uint8Array).toString();
      if (/"code":"(FORBIDDEN|UNAUTHENTICATED)"/.test(said)) return false;
    }
    throw new Error(`the stream ended: ${said}`);
  })();
  try {
    return await Promise.race([through, refusal]);
  } finally {
    refusal.catch(() => undefined);
    given.abort();
  }
}

async function inTurn<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next);
  }));
}

const lines = linesOf(fs.readFileSync(DOCUMENT, 'utf8'));
const cases = lines.flatMap((line) => roles.map((role) => ({ line, role })));

async function differences(allowed: (subgraph: Subgraph, text: string, role: Role) => Promise<boolean>): Promise<string[]> {
  const found: string[] = [];
  await inTurn(cases, async ({ line: { domain, root, field, allowed: said }, role }) => {
    const subgraph = world.subgraphs.find(({ name }) => name === domain);
    if (subgraph === undefined) throw new Error(`the page names a domain that there is not: ${domain}`);
    const may = await allowed(subgraph, operation(subgraph, root, field), role);
    if (may !== said.get(role)) found.push(`${role} ${may ? 'may' : 'may not'} ${root}.${field}`);
  });
  return found.toSorted();
}

test('the page has a line for every root field of every domain', () => {
  const fields = world.subgraphs.flatMap(({ name, schema }) => roots.flatMap((root) =>
    Object.keys((schema.getType(root) as GraphQLObjectType | undefined)?.getFields() ?? {}).filter((field) => !field.startsWith('_')).map((field) => `${name} ${root}.${field}`)));
  expect(lines.map(({ domain, root, field }) => `${domain} ${root}.${field}`).toSorted()).toEqual(fields.toSorted());
  expect(cases.filter(({ line, role }) => line.allowed.get(role) === true).length).toBeGreaterThan(200);
});

test('the subgraphs let through and refuse what the page says', { timeout: TEST_MS_MAX }, async () => {
  expect(await differences((subgraph, text, role) => allowedBySubgraph(subgraph, text, principalOf(role)))).toEqual([]);
});

test('the router lets through and refuses what the page says', { timeout: TEST_MS_MAX }, async () => {
  expect(await differences((_, text, role) => allowedByRouter(text, role))).toEqual([]);
});

test('without a token nothing at the root is answered, at the router or at a subgraph', { timeout: TEST_MS_MAX }, async () => {
  await inTurn(lines, async ({ domain, root, field }) => {
    const subgraph = world.subgraphs.find(({ name }) => name === domain) as Subgraph;
    expect(() => subgraph.contextFor({ principal: null, token: null, correlationId: 'cor_1' })).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
    expect([field, await allowedByRouter(operation(subgraph, root, field), '')]).toEqual([field, false]);
  });
});

const admin = 'ADMIN';
/** Through the router, as one of `principals`. */
// oxlint-disable-next-line typescript/no-explicit-any -- a test states the shape it expects by asserting on it
async function answerTo(as: string, query: string): Promise<any> {
  const response = await asked(query, 'application/graphql-response+json', as);
  return response.json();
}
const entity = (domain: string, as: Principal, id: string, selection: string) => {
  const { schema, contextFor } = world.subgraphs.find(({ name }) => name === domain) as Subgraph;
  const document = parse(`query ($of: [_Any!]!) { _entities(representations: $of) { ${selection} } }`);
  return execute({ schema, document, variableValues: { of: [{ __typename: selection.includes('on Trade') ? 'Trade' : 'Portfolio', id }] }, contextValue: contextFor({ principal: as, token: null, correlationId: 'cor_1' }) });
};

test('an investor sees the portfolios of their own in every domain, and those of others look like none', { timeout: TEST_MS_MAX }, async () => {
  await world.start();
  const portfolioOf = async (name: string): Promise<{ investor: string; portfolio: string }> => {
    const { data: { createInvestor } } = await answerTo(admin, `mutation { createInvestor(input: { name: "${name}", idempotencyKey: "${name}" }) { investor { id } userErrors { message } } }`);
    const investor = createInvestor.investor.id as string;
    const { data: { createPortfolio } } = await answerTo(admin, `mutation { createPortfolio(input: { name: "${name}", baseCurrency: "USD", lotMethod: FIFO, investorId: "${investor}", idempotencyKey: "${name}" }) { portfolio { id } userErrors { message } } }`);
    const portfolio = createPortfolio.portfolio.id as string;
    await vi.waitFor(async () => {
      const { data } = await answerTo(admin, `mutation { depositCash(input: { portfolioId: "${portfolio}", amount: { amount: "100", currency: "USD" }, idempotencyKey: "${name}" }) { cash { currency } userErrors { code } } }`);
      expect(data.depositCash.cash).not.toBeNull();
    }, PATIENCE);
    await vi.waitFor(async () => expect((await answerTo(admin, `{ portfolio(id: "${portfolio}") { valuation { marketValue { amount } } } }`)).data.portfolio.valuation).not.toBeNull(), PATIENCE);
    return { investor, portfolio };
  };
  const [own, others] = [await portfolioOf('Ada'), await portfolioOf('Bob')];
  const ada: Principal = { ...principalOf('INVESTOR'), subject: 'usr_ada', investors: [own.investor] };
  principals.set('ada', ada);

  const list = await answerTo('ada', `{ portfolios { edges { node { id } } } investors { edges { node { id } } } theirs: portfolios(filter: { investorId: "${others.investor}" }) { edges { node { id } } } }`);
  expect(list).toEqual({ data: { portfolios: { edges: [{ node: { id: own.portfolio } }] }, investors: { edges: [{ node: { id: own.investor } }] }, theirs: { edges: [] } } });
  const whole = (id: string): string => `{ portfolio(id: "${id}") { name cash { balance { amount } } valuation { cash { amount } } rank(metric: SHARPE, window: YEAR_TO_DATE) { position } } }`;
  expect((await answerTo('ada', whole(own.portfolio))).data.portfolio).toMatchObject({ name: 'Ada', cash: [{ balance: { amount: '100' } }] });
  const hidden = await answerTo('ada', whole(others.portfolio));
  expect([hidden.data, hidden.errors.map(({ extensions }: any) => extensions.code)]).toEqual([{ portfolio: null }, ['NOT_FOUND']]);

  for (const [id, seen] of [[own.portfolio, true], [others.portfolio, false]] as const) {
    expect((await entity('transactional', ada, id, '... on Portfolio { cash { balance { amount } } }')).data?.['_entities']).toEqual([seen ? { cash: [{ balance: { amount: '100' } }] } : null]);
    expect((await entity('analytics', ada, id, '... on Portfolio { valuation { marketValue { amount } } }')).errors === undefined).toBe(seen);
    expect((await entity('portfolio', ada, id, '... on Portfolio { name }')).data?.['_entities']).toEqual([seen ? { name: 'Ada' } : null]);
  }
  expect((await entity('transactional', ada, 'trd_1', '... on Trade { settlement { status } }')).data?.['_entities']).toEqual([null]);
  const analytics = world.subgraphs.find(({ name }) => name === 'analytics') as Subgraph;
  const stream = await subscribe({
    schema: analytics.schema, document: parse(`subscription { portfolioPnl(portfolioId: "${others.portfolio}") { at } }`),
    contextValue: analytics.contextFor({ principal: ada, token: null, correlationId: 'cor_1' }),
  });
  expect(Symbol.asyncIterator in stream ? [] : stream.errors?.map(({ extensions }) => extensions['code'])).toEqual(['NOT_FOUND']);
});

test('an investor of whom the token names nobody sees nothing, and one with another role as well sees what that gives', () => {
  const claims = { sub: 'usr_1', token_use: 'USER', org: 'org_one', jti: 'tok_1', exp: 4_102_444_800 };
  expect(principalFrom({ ...claims, roles: ['INVESTOR'] }).investors).toEqual([]);
  expect(principalFrom({ ...claims, roles: ['INVESTOR', 'INVESTOR'], investors: ['inv_1'] }).investors).toEqual(['inv_1']);
  expect(principalFrom({ ...claims, roles: ['INVESTOR', 'RISK'], investors: ['inv_1'] }).investors).toBeUndefined();
  expect(principalFrom({ ...claims, token_use: 'SERVICE', roles: [] }).investors).toBeUndefined();
});
