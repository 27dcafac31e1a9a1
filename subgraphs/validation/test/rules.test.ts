/** Rules as data, the restricted list, approvals and breaches, through the domain's front door. */
import { type FrontDoor, frontDoor, principal } from '@pms/testing/front-door';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { validationSubgraph } from '../src/subgraph.ts';
import { amended, cancelled, captured, cash, closes, decisionsOf, instrument, portfolio, projected, trade } from './world.ts';

let door: FrontDoor;
beforeEach(async () => {
  door = await frontDoor(validationSubgraph);
  await door.hear(portfolio('prt_a'), portfolio('prt_b'), instrument('ins_acme'), instrument('ins_bond', { assetClass: 'BOND' }), instrument('ins_euro', { currency: 'EUR' }),
    cash('prt_a', '10000'), cash('prt_b', '10000'));
});
afterEach(() => door.close());

const CREATE = `mutation ($input: CreateComplianceRuleInput!) { createComplianceRule(input: $input) {
  rule { id name kind severity enabled builtIn portfolio { id } parameters { limit { amount currency } maxWeight tolerance maxAgeDays assetClasses } } userErrors { code path } } }`;
const UPDATE = 'mutation ($input: UpdateComplianceRuleInput!) { updateComplianceRule(input: $input) { rule { name severity enabled } userErrors { code path } } }';
const RESTRICT = 'mutation ($input: SetRestrictedListInput!) { setRestrictedList(input: $input) { restrictedList { instrument { id } setBy } userErrors { code path } } }';
const APPROVE = 'mutation ($input: ApproveTradeInput!) { approveTrade(input: $input) { trade { id decision { version outcome decidedBy comment } } userErrors { code path } } }';
const REJECT = 'mutation ($input: RejectTradeInput!) { rejectTrade(input: $input) { trade { id decision { outcome decidedBy comment } } userErrors { code path } } }';
const CHECKS = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Trade { checks { kind outcome message } } } }';
const checker = principal({ subject: 'usr_checker' });
const stranger = principal({ organizationId: 'org_other', subject: 'usr_stranger' });
const usd = (amount: string) => ({ amount, currency: 'USD' });

const create = async (over: Record<string, unknown>, as = principal()) => (await door.ask(CREATE, { input: { name: 'Rule', severity: 'BLOCK', ...over } }, { as })).data.createComplianceRule;
const outcomeOf = async (tradeId: string, kind: string): Promise<string | undefined> => {
  const { data } = await door.ask(CHECKS, { of: [{ __typename: 'Trade', id: tradeId }] });
  return data._entities[0].checks.find((check: { kind: string }) => check.kind === kind)?.outcome as string | undefined;
};
const decided = async (over: Parameters<typeof trade>[0] = {}): Promise<{ tradeId: string; told: string }> => {
  const facts = trade({ quantity: '1', ...over });
  await door.hear(captured(facts));
  return { tradeId: facts.tradeId, told: (await decisionsOf(door, facts.tradeId)).join() };
};

test('a rule is created, told, found again by its key, and refused under it with another content', async () => {
  const input = { name: 'Large trades', kind: 'MAX_TRADE_NOTIONAL', parameters: { limit: usd('500') }, portfolioId: 'prt_a', idempotencyKey: 'r-1' };
  const first = await create(input);
  expect(first).toMatchObject({ rule: { name: 'Large trades', enabled: true, builtIn: false, portfolio: { id: 'prt_a' }, parameters: { limit: usd('500'), maxWeight: null } }, userErrors: [] });
  expect((await door.told()).at(-1)).toMatchObject({ type: 'validation.compliance-rule-created.v1', data: { ruleId: first.rule.id, parameters: { limit: usd('500') } } });
  expect(await create(input)).toEqual(first);
  expect(await create({ ...input, name: 'Other' })).toEqual({ rule: null, userErrors: [{ code: 'IDEMPOTENCY_CONFLICT', path: ['idempotencyKey'] }] });
  expect((await door.told()).filter(({ type }) => type.includes('rule-created'))).toHaveLength(1);
});

test('parameters that a kind lacks, has not, or cannot use are refused with their path', async () => {
  const cases: [Record<string, unknown>, string[]][] = [
    [{ kind: 'MAX_TRADE_NOTIONAL' }, ['parameters', 'limit']],
    [{ kind: 'MAX_TRADE_NOTIONAL', parameters: { limit: usd('0') } }, ['parameters', 'limit', 'amount']],
    [{ kind: 'SUFFICIENT_CASH', parameters: { limit: usd('1') } }, ['parameters', 'limit']],
    [{ kind: 'MAX_POSITION_WEIGHT', parameters: { maxWeight: 1.5 } }, ['parameters', 'maxWeight']],
    [{ kind: 'PRICE_TOLERANCE', parameters: { tolerance: 0.1, maxAgeDays: 0 } }, ['parameters', 'maxAgeDays']],
    [{ kind: 'ALLOWED_ASSET_CLASSES', parameters: { assetClasses: ['GOLD'] } }, ['parameters', 'assetClasses']],
    [{ kind: 'APPROVAL_ABOVE_NOTIONAL', parameters: { limit: usd('1') } }, ['severity']],
    [{ kind: 'SUFFICIENT_CASH', name: ' ' }, ['name']],
  ];
  for (const [input, path] of cases) expect(await create(input), JSON.stringify(input)).toEqual({ rule: null, userErrors: [{ code: 'INVALID', path }] });
  expect(await create({ kind: 'SUFFICIENT_CASH', portfolioId: 'prt_a' }, stranger)).toEqual({ rule: null, userErrors: [{ code: 'NOT_FOUND', path: ['portfolioId'] }] });
});

test('a rule of a portfolio applies to that portfolio, as strictly as it says', async () => {
  const { rule } = await create({ kind: 'MAX_TRADE_NOTIONAL', parameters: { limit: usd('150') }, portfolioId: 'prt_a' });
  expect((await decided({ quantity: '2' })).told).toBe('rejected 1');
  expect((await decided({ quantity: '2', portfolioId: 'prt_b' })).told).toBe('validated 1');
  const { data } = await door.ask(UPDATE, { input: { ruleId: rule.id, severity: 'WARN', name: 'Noted' } });
  expect(data.updateComplianceRule).toEqual({ rule: { name: 'Noted', severity: 'WARN', enabled: true }, userErrors: [] });
  const warned = await decided({ quantity: '2' });
  expect([warned.told, await outcomeOf(warned.tradeId, 'MAX_TRADE_NOTIONAL')]).toEqual(['validated 1', 'WARNED']);
  await door.ask(UPDATE, { input: { ruleId: rule.id, enabled: false } });
  expect(await outcomeOf((await decided({ quantity: '2' })).tradeId, 'MAX_TRADE_NOTIONAL')).toBeUndefined();
  for (const [ruleId, as, code] of [[rule.id, stranger, 'NOT_FOUND'], ['rul_none', undefined, 'NOT_FOUND'], ['built-in:SUFFICIENT_CASH', undefined, 'INVALID']] as const) {
    const answer = await door.ask(UPDATE, { input: { ruleId, enabled: true } }, as === undefined ? {} : { as });
    expect(answer.data.updateComplianceRule).toEqual({ rule: null, userErrors: [{ code, path: ['ruleId'] }] });
  }
});

test('a disabled rule of a built-in kind switches the built-in one off, where it applies', async () => {
  await create({ kind: 'NO_SHORT_SELLING', portfolioId: 'prt_a', enabled: false });
  expect((await decided({ side: 'SELL' })).told).toBe('validated 1');
  expect((await decided({ side: 'SELL', portfolioId: 'prt_b' })).told).toBe('rejected 1');
  const kinds = async (args: string) => (await door.ask(`{ complianceRules${args} { kind builtIn enabled } }`)).data.complianceRules.map(
    ({ kind, builtIn, enabled }: { kind: string; builtIn: boolean; enabled: boolean }) => `${kind} ${builtIn ? 'built in' : 'own'} ${enabled ? 'on' : 'off'}`);
  expect(await kinds('(portfolioId: "prt_a")')).toEqual(['SUFFICIENT_CASH built in on', 'RESTRICTED_LIST built in on', 'NO_SHORT_SELLING own off']);
  expect(await kinds('(includeDisabled: false)')).toEqual(['SUFFICIENT_CASH built in on', 'NO_SHORT_SELLING built in on', 'RESTRICTED_LIST built in on']);
});

test('what is on the restricted list is not traded; the list is replaced as a whole', async () => {
  const restrict = async (instrumentIds: string[], as = principal()) => (await door.ask(RESTRICT, { input: { instrumentIds, reason: 'research' } }, { as })).data.setRestrictedList;
  expect(await restrict(['ins_acme', 'ins_bond', 'ins_acme'])).toEqual({
    restrictedList: [{ instrument: { id: 'ins_acme' }, setBy: 'usr_tester' }, { instrument: { id: 'ins_bond' }, setBy: 'usr_tester' }], userErrors: [] });
  expect((await decided()).told).toBe('rejected 1');
  await restrict(['ins_bond']);
  expect((await decided()).told).toBe('validated 1');
  expect(await restrict(['ins_bond', 'ins_none'])).toEqual({ restrictedList: null, userErrors: [{ code: 'NOT_FOUND', path: ['instrumentIds', '1'] }] });
  expect((await door.ask('{ restrictedList { instrument { id } } }', {}, { as: stranger })).data.restrictedList).toEqual([]);
});

test('only allowed asset classes are traded', async () => {
  await create({ kind: 'ALLOWED_ASSET_CLASSES', parameters: { assetClasses: ['EQUITY'] } });
  expect([(await decided()).told, (await decided({ instrumentId: 'ins_bond' })).told]).toEqual(['validated 1', 'rejected 1']);
});

test('a price is compared with the last close on or before its day; without a fresh one a person is asked', async () => {
  await create({ kind: 'PRICE_TOLERANCE', parameters: { tolerance: 0.05, maxAgeDays: 4 } });
  expect((await decided()).told).toBe('needs-approval 1');
  await door.hear(closes('ins_acme', { '2026-01-02': '100', '2026-01-06': '500' }));
  expect([(await decided({ price: '105' })).told, (await decided({ price: '105.01' })).told, (await decided({ price: '94.99' })).told]).toEqual(['validated 1', 'rejected 1', 'rejected 1']);
  expect((await decided({ tradeDate: '2026-01-12', price: '500' })).told).toBe('needs-approval 1');
  await door.hear(closes('ins_acme', { '2026-01-02': '200' }));
  expect((await decided({ price: '105' })).told).toBe('rejected 1');
});

test('a holding may weigh so much of net assets and no more, counted at the last close', async () => {
  await create({ kind: 'MAX_POSITION_WEIGHT', parameters: { maxWeight: 0.5 } });
  await door.hear(closes('ins_acme', { '2026-01-02': '100' }));
  expect([(await decided({ quantity: '50' })).told, (await decided({ quantity: '1' })).told]).toEqual(['validated 1', 'rejected 1']);
  await door.hear(closes('ins_acme', { '2026-01-03': '400' }));
  expect((await decided({ side: 'SELL', quantity: '1', price: '400' })).told).toBe('validated 1'); // still above, and less so
  expect((await decided({ instrumentId: 'ins_bond', quantity: '1' })).told).toBe('validated 1'); // its own price stands in for a close
});

test('UCITS 5/10/40 holds issuers to a tenth, and those above a twentieth to two fifths together', async () => {
  await create({ kind: 'UCITS_5_10_40' });
  await door.hear(closes('ins_acme', { '2026-01-02': '100' }));
  expect([(await decided({ quantity: '10' })).told, (await decided({ quantity: '1' })).told]).toEqual(['validated 1', 'rejected 1']);
});

test('a limit in another currency, or weights with foreign holdings, ask a person: there is no rate', async () => {
  await door.hear(cash('prt_a', '1000', { currency: 'EUR' }));
  await create({ kind: 'MAX_TRADE_NOTIONAL', parameters: { limit: usd('500') } });
  expect((await decided({ instrumentId: 'ins_euro', currency: 'EUR' })).told).toBe('needs-approval 1');
  await create({ kind: 'MAX_POSITION_WEIGHT', severity: 'WARN', parameters: { maxWeight: 0.5 } });
  const noted = await decided();
  expect([noted.told, await outcomeOf(noted.tradeId, 'MAX_POSITION_WEIGHT')]).toEqual(['validated 1', 'WARNED']);
});

const needsApproval = () => create({ kind: 'APPROVAL_ABOVE_NOTIONAL', severity: 'NEEDS_APPROVAL', parameters: { limit: usd('500') } });
const approve = async (tradeId: string, over: Record<string, unknown> = {}, as = checker) => (await door.ask(APPROVE, { input: { tradeId, ...over } }, { as })).data.approveTrade;
const reject = async (tradeId: string, as = checker) => (await door.ask(REJECT, { input: { tradeId, reason: 'too much' } }, { as })).data.rejectTrade;

test('who captured a trade may neither approve nor reject it; somebody else may, once', async () => {
  await needsApproval();
  const { tradeId, told } = await decided({ quantity: '6' });
  expect(told).toBe('needs-approval 1');
  expect(await projected(door, 'prt_a')).toEqual({ cash: '10000', held: {} });
  for (const answer of [await approve(tradeId, {}, principal()), await reject(tradeId, principal())])
    expect(answer).toEqual({ trade: null, userErrors: [{ code: 'NOT_PERMITTED', path: ['tradeId'] }] });
  const approved = await approve(tradeId, { comment: 'fine', expectedVersion: 1 });
  expect(approved).toEqual({ trade: { id: tradeId, decision: { version: 1, outcome: 'VALIDATED', decidedBy: 'usr_checker', comment: 'fine' } }, userErrors: [] });
  expect((await door.told()).at(-1)).toMatchObject({ type: 'validation.trade-validated.v1', actor: 'usr_checker', reason: 'fine', data: { tradeId, replaces: null, approvedBy: 'usr_checker' } });
  const told2 = (await door.told()).length;
  expect(await approve(tradeId, { comment: 'fine' })).toEqual(approved);
  expect(await reject(tradeId)).toEqual({ trade: null, userErrors: [{ code: 'CONFLICT', path: ['tradeId'] }] });
  expect(await door.told()).toHaveLength(told2);
  expect(await projected(door, 'prt_a')).toEqual({ cash: '9400', held: { ins_acme: '6' } });
});

test('who captured a trade does not decide about what somebody else made of it, nor does that one', async () => {
  await needsApproval();
  const facts = trade({ quantity: '6' });
  await door.hear(captured(facts), amended({ ...facts, version: 2, quantity: '7' }, 1, { actor: 'usr_second' }));
  for (const maker of [principal(), principal({ subject: 'usr_second' })])
    expect(await approve(facts.tradeId, {}, maker)).toEqual({ trade: null, userErrors: [{ code: 'NOT_PERMITTED', path: ['tradeId'] }] });
  expect(await approve(facts.tradeId)).toMatchObject({ trade: { decision: { version: 2, outcome: 'VALIDATED' } }, userErrors: [] });
});

test('a rejected trade takes nothing, and its rejection is told with who and why', async () => {
  await needsApproval();
  const { tradeId } = await decided({ quantity: '6' });
  expect(await reject(tradeId)).toMatchObject({ trade: { decision: { outcome: 'REJECTED', decidedBy: 'usr_checker', comment: 'too much' } }, userErrors: [] });
  expect((await door.told()).at(-1)).toMatchObject({ type: 'validation.trade-rejected.v1', reason: 'too much', data: { tradeId, rejectedBy: 'usr_checker' } });
  expect(await projected(door, 'prt_a')).toEqual({ cash: '10000', held: {} });
});

test('an approval checks anew: cash that was spent meanwhile is not spent twice', async () => {
  await needsApproval();
  const { tradeId } = await decided({ quantity: '99' });
  for (let spent = 0; spent < 5; spent += 1) await decided({ quantity: '5' });
  expect(await approve(tradeId)).toEqual({ trade: null, userErrors: [{ code: 'INSUFFICIENT_FUNDS', path: ['tradeId'] }] });
  await door.hear(cash('prt_a', '5000'));
  expect(await approve(tradeId)).toMatchObject({ userErrors: [] });
});

test('approvals of two trades that together need more than there is: one is refused', async () => {
  await needsApproval();
  const ids = [(await decided({ quantity: '60' })).tradeId, (await decided({ quantity: '60' })).tradeId];
  const answers = await Promise.all(ids.map((id) => approve(id)));
  expect(answers.map(({ userErrors }): string => userErrors.map(({ code }: { code: string }) => code).join()).toSorted()).toEqual(['', 'INSUFFICIENT_FUNDS']);
});

test('an amendment or a cancellation ends what waits for approval', async () => {
  await needsApproval();
  const facts = trade({ quantity: '6' });
  await door.hear(captured(facts), amended({ ...facts, version: 2, quantity: '7' }, 1));
  expect(await decisionsOf(door, facts.tradeId)).toEqual(['needs-approval 1', 'rejected 1', 'needs-approval 2']);
  expect(await approve(facts.tradeId, { expectedVersion: 1 })).toEqual({ trade: null, userErrors: [{ code: 'CONFLICT', path: ['expectedVersion'] }] });
  await door.hear(cancelled({ ...facts, version: 2 }));
  expect(await approve(facts.tradeId)).toEqual({ trade: null, userErrors: [{ code: 'CONFLICT', path: ['tradeId'] }] });
  for (const [id, as] of [['trd_none', checker], [facts.tradeId, stranger]] as const)
    expect(await approve(id, {}, as)).toEqual({ trade: null, userErrors: [{ code: 'NOT_FOUND', path: ['tradeId'] }] });
});

test('checks that did not pass are listed, newest first, to the organisation alone', async () => {
  await create({ kind: 'MAX_TRADE_NOTIONAL', severity: 'WARN', name: 'Large', parameters: { limit: usd('150') } });
  const noted = await decided({ quantity: '2' });
  const refused = await decided({ quantity: '200' });
  const LIST = `query ($filter: BreachFilter, $first: Int, $after: String) { breaches(filter: $filter, first: $first, after: $after) {
    edges { node { kind rule outcome trade { id } portfolio { id } } } pageInfo { hasNextPage endCursor } } }`;
  const list = async (args: Record<string, unknown> = {}, as = principal()) => {
    const { breaches } = (await door.ask(LIST, args, { as })).data;
    return { ...breaches, kinds: breaches.edges.map(({ node }: { node: { kind: string; trade: { id: string } } }) => [node.kind, node.trade.id]) };
  };
  const all = await list();
  expect(new Set(all.kinds.map(String))).toEqual(new Set([`MAX_TRADE_NOTIONAL,${noted.tradeId}`, `MAX_TRADE_NOTIONAL,${refused.tradeId}`, `SUFFICIENT_CASH,${refused.tradeId}`]));
  expect(all.kinds.at(-1)).toEqual(['MAX_TRADE_NOTIONAL', noted.tradeId]);
  expect((await list({ filter: { outcome: 'FAILED', portfolioId: 'prt_a' } })).kinds).toEqual([['SUFFICIENT_CASH', refused.tradeId]]);
  const first = await list({ first: 2 });
  expect((await list({ first: 2, after: first.pageInfo.endCursor })).kinds).toEqual([['MAX_TRADE_NOTIONAL', noted.tradeId]]);
  expect((await list({}, stranger)).kinds).toEqual([]);
});
