/** Custodians' statements against the books, through the front door: imports, breaks as tasks, corrected and later statements. */
import { newId } from '@pms/events/ids';
import { personErased, userCreated } from '@pms/schema/events/auth';
import { instrumentCreated } from '@pms/schema/events/rttm';
import { type FrontDoor, frontDoor, heard, principal } from '@pms/testing/front-door';
import { metrics } from '@pms/telemetry/metrics';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { validated, type World, world } from './world.ts';

let door: FrontDoor;
let w: World;
let apple: string;
let now = new Date('2026-11-20T15:00:00Z');
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph, { now: () => now });
  w = await world(door);
  apple = newId('ins');
  await door.hear(heard(instrumentCreated, apple, { instrumentId: apple, symbol: 'AAPL', name: 'Apple', assetClass: 'EQUITY', currency: 'USD', mic: 'XNAS', isin: 'US0378331005' }));
});
afterAll(() => door.close());

const stranger = principal({ organizationId: 'org_other' });
const IMPORT = `mutation ($input: ImportCustodyStatementInput!) { importCustodyStatement(input: $input) { added userErrors { code message path }
  reconciliations { id portfolio { id } account statedOn basis version reference format matched differing supersededBy
    lines { result identifier theirs ours difference instrument { id } available } } } }`;
const BREAKS = `query ($filter: ReconciliationBreakFilter, $first: Int, $after: String) { reconciliationBreaks(filter: $filter, first: $first, after: $after) {
  edges { cursor node { id kind identifier currency theirs ours difference openedOn lastSeenOn ageDays ageBusinessDays status assignee resolution resolvedBy
    reconciliation { version statedOn } notes { kind actor text } } } pageInfo { hasNextPage endCursor } } }`;
const bring = async ({ account = 'A', portfolioId, ...input }: Record<string, unknown>, ask = {}) =>
  (await door.ask(IMPORT, { input: { custodian: 'Bank', accounts: [{ account, portfolioId }], ...input } }, ask)).data.importCustodyStatement;
const breaks = async (filter: Record<string, unknown>, over = {}) => (await door.ask(BREAKS, { filter, ...over })).data.reconciliationBreaks.edges.map(({ node }: { node: Record<string, unknown> }) => node);
const act = async (name: 'assign' | 'comment' | 'resolve', input: Record<string, unknown>, ask = {}) => (await door.ask(
  `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}BreakInput!) { ${name}Break(input: $input) { break { id status assignee resolution notes { kind actor text } } userErrors { code path } } }`, { input }, ask)).data[`${name}Break`];

/** 10 ACME bought on the 2nd and settled on the 3rd, 5 AAPL bought on the 19th, due on the 20th, not settled; 10,000 USD paid in. */
async function portfolio(): Promise<string> {
  const id = await w.open();
  await w.deposit(id, '10000', { effectiveDate: '2026-11-01' });
  await door.hear(validated(id, w.instrumentId, { quantity: '10', price: '100', tradeDate: '2026-11-02' }));
  await door.ask('mutation ($input: SettleDueInput!) { settleDue(input: $input) { settled } }', { input: { asOf: '2026-11-04', portfolioId: id } });
  await door.hear(validated(id, apple, { quantity: '5', price: '200', tradeDate: '2026-11-19' }));
  return id;
}
const csv = (...rows: readonly string[]) => ['date,isin,symbol,identifier,quantity,currency', ...rows].join('\n');
const ACME = '2026-11-20,,ACME,,10,';
const results = (answer: { reconciliations: { lines: { result: string; identifier: string }[] }[] }) => answer.reconciliations[0]?.lines.map(({ result, identifier }) => `${identifier} ${result}`);

test('a statement of what has settled matches, and is known when it comes again', async () => {
  const portfolioId = await portfolio();
  const input = { portfolioId, account: 'S1', text: csv(ACME, '2026-11-20,,,,9000,USD') };
  const first = await bring(input);
  expect(first).toMatchObject({ added: 1, userErrors: [], reconciliations: [{ portfolio: { id: portfolioId }, account: 'S1', statedOn: '2026-11-20', basis: 'SETTLED', version: 1, format: 'CSV', matched: 2, differing: 0 }] });
  const told = (await door.told()).length;
  expect(await bring({ ...input, text: csv('2026-11-20,,,,9000.00,USD', '2026-11-20,,ACME,,10.0,') })).toMatchObject({ added: 0, reconciliations: [{ id: first.reconciliations[0].id, version: 1 }] });
  expect(await door.told()).toHaveLength(told);
  expect(await breaks({ portfolioId })).toEqual([]);
});

test('the basis decides which trades count', async () => {
  const portfolioId = await portfolio();
  const traded = await bring({ portfolioId, account: 'B1', basis: 'TRADED', text: csv(ACME, '2026-11-20,US0378331005,,,5,', '2026-11-20,,,,8000,USD') });
  expect(results(traded)).toEqual(['USD MATCHED', 'ACME MATCHED', 'US0378331005 MATCHED']);
  // AAPL was to settle on the 20th, and has not: the contractual basis counts it all the same
  expect(results(await bring({ portfolioId, account: 'B1', basis: 'CONTRACTUAL', text: csv(ACME, '2026-11-20,US0378331005,,,5,', '2026-11-20,,,,8000,USD') }))).toEqual(['USD MATCHED', 'ACME MATCHED', 'US0378331005 MATCHED']);
  expect(results(await bring({ portfolioId, account: 'B1', basis: 'CONTRACTUAL', text: csv('2026-11-19,,ACME,,10,', '2026-11-19,,,,9000,USD') }))).toEqual(['USD MATCHED', 'ACME MATCHED']);
  expect(results(await bring({ portfolioId, account: 'B1', text: csv('2026-11-02,,,,10000,USD') }))).toEqual(['USD MATCHED']);
});

test('each difference becomes a task with its figures and its age', async () => {
  const portfolioId = await portfolio();
  now = new Date('2026-11-30T15:00:00Z');
  expect(await bring({ portfolioId, account: 'K1', text: csv('2026-11-20,,ACME,,12,', '2026-11-20,US0378331005,,,1,', '2026-11-20,,,594918104,7,', '2026-11-20,,,,8999.99,USD') })).toMatchObject({ added: 1, reconciliations: [{ matched: 0, differing: 4 }] });
  const found = await breaks({ portfolioId });
  expect(found.map(({ kind, identifier, theirs, ours, difference }: Record<string, string>) => [kind, identifier, theirs, ours, difference]).toSorted()).toEqual([
    ['CASH_DIFFERS', 'USD', '8999.99', '9000', '-0.01'], ['MISSING_HERE', 'US0378331005', '1', '0', '1'], ['QUANTITY_DIFFERS', 'ACME', '12', '10', '2'], ['UNKNOWN_INSTRUMENT', '594918104', '7', '0', '7']]);
  // Thanksgiving is no business day
  expect(found[0]).toMatchObject({ openedOn: '2026-11-20', ageDays: 10, ageBusinessDays: 5, status: 'OPEN', assignee: null, notes: [{ kind: 'OPENED', actor: 'system:transactional' }] });
  expect(await breaks({ portfolioId, kinds: ['CASH_DIFFERS'] })).toHaveLength(1);
  expect(await breaks({ portfolioId, olderThanDays: 11 })).toEqual([]);
  const told = (await door.told()).filter(({ key }) => key === portfolioId).slice(-5);
  expect(told.map(({ type }) => type.split('.')[1])).toEqual(['reconciliation-completed', 'break-opened', 'break-opened', 'break-opened', 'break-opened']);
  now = new Date('2026-11-20T15:00:00Z');
});

test('tolerances are given with each reconciliation', async () => {
  const portfolioId = await portfolio();
  const text = csv('2026-11-20,,ACME,,10.001,', '2026-11-20,,,,9000.5,USD');
  expect(await bring({ portfolioId, account: 'T1', text, quantityTolerance: '0.001', cashTolerance: '0.5' })).toMatchObject({ reconciliations: [{ matched: 2 }] });
  expect(await bring({ portfolioId, account: 'T1', text, quantityTolerance: '0.0009', cashTolerance: '0.49' })).toMatchObject({ added: 1, reconciliations: [{ version: 2, matched: 0 }] });
  expect((await bring({ portfolioId, account: 'T1', text, cashTolerance: '-1' })).userErrors).toMatchObject([{ code: 'INVALID', path: ['cashTolerance'] }]);
});

test('a corrected statement takes the place of the one before, and closes what it corrects', async () => {
  const portfolioId = await portfolio();
  const first = await bring({ portfolioId, account: 'C1', text: csv('2026-11-20,,ACME,,12,') });
  const second = await bring({ portfolioId, account: 'C1', text: csv(ACME) });
  expect(second).toMatchObject({ added: 1, reconciliations: [{ version: 2, matched: 1 }] });
  const read = async (id: string) => (await door.ask('query ($id: ID!) { reconciliation(id: $id) { version supersededBy } }', { id })).data.reconciliation;
  expect(await read(first.reconciliations[0].id)).toEqual({ version: 1, supersededBy: second.reconciliations[0].id });
  expect(await breaks({ portfolioId, statuses: ['RESOLVED'] })).toMatchObject([{ identifier: 'ACME', resolution: 'MATCHED', resolvedBy: 'system:transactional', notes: [{ kind: 'OPENED' }, { kind: 'MATCHED', text: 'the statement of 2026-11-20 agrees' }] }]);
  expect(await bring({ portfolioId, account: 'C1', text: csv('2026-11-20,,ACME,,12,') })).toMatchObject({ added: 0, reconciliations: [{ version: 1 }] });
  expect((await bring({ portfolioId, account: 'C1', version: 2, text: csv('2026-11-20,,ACME,,13,') })).userErrors).toMatchObject([{ code: 'CONFLICT', path: ['version'] }]);
  expect(await bring({ portfolioId, account: 'C1', version: 5, text: csv('2026-11-20,,ACME,,13,') })).toMatchObject({ added: 1, reconciliations: [{ version: 5, differing: 1 }] });
  const listed = (await door.ask('query ($filter: ReconciliationFilter) { reconciliations(filter: $filter) { edges { node { version } } } }', { filter: { portfolioId } })).data.reconciliations.edges;
  expect(listed).toEqual([{ node: { version: 5 } }]);
  const all = (await door.ask('query ($filter: ReconciliationFilter) { reconciliations(filter: $filter, first: 2) { edges { node { version } } pageInfo { hasNextPage } } }', { filter: { portfolioId, superseded: true } })).data.reconciliations;
  expect(all).toMatchObject({ edges: [{ node: { version: 5 } }, { node: { version: 2 } }], pageInfo: { hasNextPage: true } });
});

test('a break stays one task over the days, and a later statement that agrees closes it', async () => {
  const portfolioId = await portfolio();
  await bring({ portfolioId, account: 'D1', text: csv('2026-11-17,,ACME,,12,') });
  await bring({ portfolioId, account: 'D1', text: csv('2026-11-18,,ACME,,13,') });
  const [broken] = await breaks({ portfolioId });
  expect(broken).toMatchObject({ openedOn: '2026-11-17', lastSeenOn: '2026-11-18', theirs: '13', ageDays: 3, reconciliation: { statedOn: '2026-11-18' }, notes: [{ kind: 'OPENED' }, { kind: 'SEEN_AGAIN', text: 'theirs 13, ours 10' }] });
  // what comes late is kept, and says nothing of how things stand
  expect(await bring({ portfolioId, account: 'D1', text: csv('2026-11-16,,ACME,,10,') })).toMatchObject({ added: 1 });
  expect(await breaks({ portfolioId })).toHaveLength(1);
  await bring({ portfolioId, account: 'D1', text: csv('2026-11-19,,ACME,,10,') });
  expect(await breaks({ portfolioId })).toEqual([]);
});

test('a late trade mends the books: the same statement compared again agrees', async () => {
  const portfolioId = await portfolio();
  const text = csv('2026-11-20,,ACME,,10,', '2026-11-20,US0378331005,,,5,');
  await bring({ portfolioId, account: 'L1', text });
  expect(await breaks({ portfolioId })).toHaveLength(1);
  await door.ask('mutation ($input: SettleDueInput!) { settleDue(input: $input) { settled } }', { input: { asOf: '2026-11-20', portfolioId } });
  expect(await bring({ portfolioId, account: 'L1', text })).toMatchObject({ added: 0 });
  expect(await bring({ portfolioId, account: 'L1', text, again: true })).toMatchObject({ added: 1, reconciliations: [{ version: 2, matched: 2 }] });
  expect(await breaks({ portfolioId })).toEqual([]);
});

test('people take a break on, comment it and close it with a reason; each is noted with its actor', async () => {
  const portfolioId = await portfolio();
  await bring({ portfolioId, account: 'P1', text: csv('2026-11-19,,ACME,,12,') });
  const [{ id: breakId }] = await breaks({ portfolioId });
  await door.hear(heard(userCreated, 'usr_ann', { userId: 'usr_ann', email: 'sealed', displayName: 'sealed', roles: ['OPERATIONS'] }));
  expect(await act('assign', { breakId, assignee: 'usr_ann' })).toMatchObject({ break: { status: 'INVESTIGATING', assignee: 'usr_ann' }, userErrors: [] });
  await act('comment', { breakId, text: 'asked the bank' });
  await act('comment', { breakId, text: 'asked the bank' });
  expect(await act('resolve', { breakId, resolution: 'TIMING', reason: 'a trade of today' })).toMatchObject({ break: { status: 'RESOLVED', resolution: 'TIMING', notes: [
    { kind: 'OPENED' }, { kind: 'ASSIGNED', actor: 'usr_tester', text: 'usr_ann' }, { kind: 'COMMENTED', text: 'asked the bank' }, { kind: 'RESOLVED', actor: 'usr_tester', text: 'a trade of today' }] } });
  expect(await act('resolve', { breakId, resolution: 'TIMING', reason: 'again' })).toMatchObject({ userErrors: [] });
  expect((await act('resolve', { breakId, resolution: 'ACCEPTED', reason: 'other' })).userErrors).toEqual([{ code: 'CONFLICT', path: ['breakId'] }]);
  expect((await act('assign', { breakId, assignee: null })).userErrors).toEqual([{ code: 'CONFLICT', path: ['breakId'] }]);
  expect((await door.told()).at(-1)).toMatchObject({ type: 'transactional.break-changed.v1', data: { breakId, status: 'RESOLVED', resolution: 'TIMING' } });
  // a correction of the day that shows the same leaves it closed; the next day that shows it opens it anew
  await bring({ portfolioId, account: 'P1', text: csv('2026-11-19,,ACME,,12,', '2026-11-19,,,,9000,USD') });
  expect(await breaks({ portfolioId })).toEqual([]);
  await bring({ portfolioId, account: 'P1', text: csv('2026-11-20,,ACME,,12,') });
  expect(await breaks({ portfolioId })).toMatchObject([{ openedOn: '2026-11-20', status: 'OPEN' }]);
});

test('MT535 and semt.002 say account, day and basis themselves', async () => {
  const portfolioId = await portfolio();
  const fin = `{1:F01BANKUS33AXXX0000000000}{2:O5351200261120BANKUS33AXXX00000000002611201200N}{4:\r\n:16R:GENL\r\n:28E:1/ONLY\r\n:20C::SEME//STMT1\r\n:23G:NEWM\r\n:98A::STAT//20261120\r\n:22F::STBA//TRAD\r\n:97A::SAFE//F1\r\n:17B::ACTI//Y\r\n:16S:GENL\r\n:16R:SUBSAFE\r\n:16R:FIN\r\n:35B:ISIN US0378331005\r\n:93B::AGGR//UNIT/5,\r\n:93B::AVAI//UNIT/4,\r\n:16S:FIN\r\n:16R:FIN\r\n:35B:/XX/OWN1\r\n:93B::AGGR//UNIT/10,\r\n:16S:FIN\r\n:16S:SUBSAFE\r\n-}`;
  const instruments = [{ identifier: 'OWN1', instrumentId: w.instrumentId }];
  expect(await bring({ portfolioId, account: 'F1', text: fin, instruments })).toMatchObject({ reconciliations: [{ format: 'MT535', basis: 'TRADED', reference: 'STMT1', matched: 2, lines: [{ instrument: { id: w.instrumentId } }, { available: '4' }] }] });
  const xml = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:semt.002.001.10"><SctiesBalCtdyRpt><StmtGnlDtls><StmtDtTm><Dt>2026-11-20</Dt></StmtDtTm><StmtBsis><Cd>SETT</Cd></StmtBsis></StmtGnlDtls><SfkpgAcct><Id>F1</Id></SfkpgAcct><BalForAcct><FinInstrmId><OthrId><Id>ACME</Id><Tp><Cd>TIKR</Cd></Tp></OthrId></FinInstrmId><AggtBal><Qty><Unit>10</Unit></Qty></AggtBal></BalForAcct></SctiesBalCtdyRpt></Document>`;
  expect(await bring({ portfolioId, account: 'F1', text: xml })).toMatchObject({ reconciliations: [{ format: 'SEMT002', basis: 'SETTLED', matched: 1 }] });
  expect((await bring({ portfolioId, account: 'F1', text: xml, basis: 'TRADED' })).userErrors).toMatchObject([{ path: ['basis'] }]);
});

test('accounts of one portfolio are compared together, others each for itself, all or none', async () => {
  const [one, two] = [await portfolio(), await portfolio()];
  const accounts = [{ account: 'M1', portfolioId: one }, { account: 'M2', portfolioId: one }, { account: 'M3', portfolioId: two }];
  const rows = (third: string) => `account,date,symbol,quantity\nM1,2026-11-20,ACME,4\nM2,2026-11-20,ACME,6\n${third},2026-11-20,ACME,10`;
  expect((await bring({ accounts, text: rows('M4') })).userErrors).toMatchObject([{ code: 'INVALID', path: ['accounts'], message: 'account M4 of the statement is mapped to no portfolio' }]);
  expect((await door.ask('query ($filter: ReconciliationFilter) { reconciliations(filter: $filter) { edges { cursor } } }', { filter: { portfolioId: one } })).data.reconciliations.edges).toEqual([]);
  const done = await bring({ accounts, text: rows('M3') });
  expect(done.reconciliations.map(({ account, matched }: { account: string; matched: number }) => [account, matched]).toSorted()).toEqual([['M1+M2', 1], ['M3', 1]]);
});

test('a dry run compares and keeps nothing', async () => {
  const portfolioId = await portfolio();
  expect(await bring({ portfolioId, account: 'R1', dryRun: true, text: csv('2026-11-20,,ACME,,12,') })).toMatchObject({ added: 0, reconciliations: [{ differing: 1, lines: [{ result: 'QUANTITY_DIFFERS' }] }] });
  expect(await breaks({ portfolioId })).toEqual([]);
});

test.each([
  ['a text with bad rows', { text: csv('2026-11-20,,ACME,,x,', '2026-11-20,US0378331006,,,1,') }, [
    { code: 'INVALID', path: ['text'], message: 'line 2, quantity: "x" is not a number of up to 20 whole and 18 fractional digits' }, { message: 'line 3, isin: "US0378331006" is not an ISIN, or its check digit is wrong' }]],
  ['a text that is nothing', { text: 'hello' }, [{ message: 'line 1: the text is neither CSV, nor a SWIFT message, nor XML' }]],
  ['a day that has not come', { text: csv('2026-11-21,,ACME,,1,') }, [{ path: ['text'] }]],
  ['a portfolio that is unknown', { portfolioId: 'prt_none', text: csv(ACME) }, [{ code: 'NOT_FOUND', path: ['accounts'] }]],
  ['an instrument that is unknown', { instruments: [{ identifier: 'X', instrumentId: 'ins_none' }], text: csv(ACME) }, [{ code: 'NOT_FOUND', path: ['instruments'] }]],
  ['a custodian without a name', { custodian: ' ', text: csv(ACME) }, [{ path: ['custodian'] }]],
])('%s is refused and keeps nothing', async (_, over, userErrors) => {
  const portfolioId = await w.open();
  expect(await bring({ portfolioId, account: 'E1', ...over })).toMatchObject({ reconciliations: null, added: null, userErrors });
});

test('another organisation sees and changes nothing, and importing needs the scope of operations', async () => {
  const portfolioId = await portfolio();
  expect((await bring({ portfolioId, account: 'O1', text: csv(ACME) }, { as: stranger })).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  const { reconciliations: [{ id }] } = await bring({ portfolioId, account: 'O1', text: csv('2026-11-20,,ACME,,12,') });
  const [{ id: breakId }] = await breaks({ portfolioId });
  expect((await door.ask('query ($id: ID!) { reconciliation(id: $id) { id } reconciliationBreaks { edges { cursor } } }', { id }, { as: stranger })).data).toEqual({ reconciliation: null, reconciliationBreaks: { edges: [] } });
  expect((await act('comment', { breakId, text: 'x' }, { as: stranger })).userErrors).toEqual([{ code: 'NOT_FOUND', path: ['breakId'] }]);
  const reader = { as: principal({ scopes: new Set(['books:read', 'books:write']) }) };
  expect((await door.ask(IMPORT, { input: { custodian: 'B', text: '', accounts: [] } }, reader)).codes).toEqual(['FORBIDDEN']);
});

test('the same statement sent twice at once is kept once', async () => {
  const portfolioId = await portfolio();
  const input = { portfolioId, account: 'W1', text: csv('2026-11-20,,ACME,,12,') };
  const answers = await Promise.all([bring(input), bring(input), bring(input)]);
  expect(answers.reduce((total, { added }) => total + added, 0)).toBe(1);
  expect(await breaks({ portfolioId })).toHaveLength(1);
});

test('open breaks are counted by age', async () => {
  const own = await frontDoor(transactionalSubgraph, { now: () => new Date('2026-11-30T15:00:00Z') });
  try {
    const there = await world(own);
    const portfolioId = await there.open();
    await own.ask(IMPORT, { input: { custodian: 'Bank', accounts: [{ account: 'A', portfolioId }], text: csv('2026-11-20,,ACME,,12,') } });
    await own.subgraph.start?.();
    await expect.poll(async () => await metrics.getSingleMetricAsString('pms_reconciliation_breaks_open'), { timeout: 20_000 }).toContain('pms_reconciliation_breaks_open{business_days="3 to 5"} 1');
  } finally {
    await own.close();
  }
});

test('a break is given to people of the organisation alone, who have not been erased; one who was added a moment ago is waited for', async () => {
  const portfolioId = await portfolio();
  await bring({ portfolioId, account: 'P2', text: csv('2026-11-19,,ACME,,12,') });
  const [{ id: breakId }] = await breaks({ portfolioId });
  const person = (userId: string, organizationId = 'org_one') => heard(userCreated, userId, { userId, email: 'sealed', displayName: 'sealed', roles: ['OPERATIONS'] }, { organizationId });
  const refused = { break: null, userErrors: [{ code: 'NOT_FOUND', path: ['assignee'] }] };
  await door.hear(person('usr_elsewhere', 'org_other'));
  for (const assignee of ['usr_nobody', 'usr_elsewhere', '', 'x'.repeat(500)]) expect(await act('assign', { breakId, assignee })).toEqual(refused);
  now = new Date();
  const fresh = newId('usr');
  const assigning = act('assign', { breakId, assignee: fresh });
  await door.hear(person(fresh));
  expect(await assigning).toMatchObject({ break: { assignee: fresh }, userErrors: [] });
  await act('assign', { breakId, assignee: null });
  await door.hear(heard(personErased, fresh, { userId: fresh }));
  expect(await act('assign', { breakId, assignee: fresh })).toEqual(refused);
});
