/** Corporate actions as they are announced: what each kind says, what is refused, what is told. */
import { randomUUID } from 'node:crypto';
import { type FrontDoor, frontDoor, principal } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rttmSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
let acme: string;
let other: string;
let euro: string;
beforeAll(async () => {
  door = await frontDoor(rttmSubgraph, { now: () => new Date('2026-11-20T15:00:00Z') });
  [acme, other, euro] = await Promise.all([create('ACME'), create('OTHR'), create('EURO', 'EUR')]);
});
afterAll(() => door.close());

const CREATE = 'mutation ($input: CreateInstrumentInput!) { createInstrument(input: $input) { instrument { id } } }';
const create = async (symbol: string, currency = 'USD'): Promise<string> =>
  (await door.ask(CREATE, { input: { symbol, name: symbol, assetClass: 'EQUITY', currency, idempotencyKey: randomUUID() } })).data.createInstrument.instrument.id;

const SHOWN = `corporateAction { id kind status version exDate payDate currency cashPerShare withholdingRate newShares oldShares newInstrument { symbol } subscribedInstrument { symbol } instrument { symbol } }
  userErrors { code path message }`;
const ANNOUNCE = `mutation ($input: AnnounceCorporateActionInput!) { announceCorporateAction(input: $input) { ${SHOWN} } }`;
const AMEND = `mutation ($input: AmendCorporateActionInput!) { amendCorporateAction(input: $input) { ${SHOWN} } }`;
const CANCEL = `mutation ($id: ID!) { cancelCorporateAction(input: { corporateActionId: $id }) { ${SHOWN} } }`;
const announce = async (input: Record<string, unknown>) =>
  (await door.ask(ANNOUNCE, { input: { instrumentId: acme, exDate: '2026-11-05', idempotencyKey: randomUUID(), ...input } })).data.announceCorporateAction;
const told = async () => (await door.told()).filter(({ type }) => type.startsWith('rttm.corporate-action')).map(({ type, key, data }) => ({ type: type.split('.')[1], key, data }));

test('a dividend is announced once, in the instrument’s currency, told, amended and cancelled', async () => {
  const input = { kind: 'CASH_DIVIDEND', cashPerShare: '0.250', withholdingRate: '0.15', payDate: '2026-11-25', idempotencyKey: 'd-1' };
  const { corporateAction: made, userErrors } = await announce(input);
  expect(userErrors).toEqual([]);
  expect(made).toMatchObject({ kind: 'CASH_DIVIDEND', status: 'ANNOUNCED', version: 1, currency: 'USD', cashPerShare: '0.25', instrument: { symbol: 'ACME' } });
  expect((await announce(input)).corporateAction.id).toBe(made.id);
  expect((await announce({ ...input, cashPerShare: '1' })).userErrors).toMatchObject([{ code: 'IDEMPOTENCY_CONFLICT' }]);
  const amend = async (terms: Record<string, unknown>) => (await door.ask(AMEND, { input: { corporateActionId: made.id, exDate: '2026-11-05', ...terms } })).data.amendCorporateAction;
  expect((await amend({ cashPerShare: '0.3' })).corporateAction).toMatchObject({ version: 2, cashPerShare: '0.3', withholdingRate: null });
  expect((await amend({ cashPerShare: '0.30' })).corporateAction).toMatchObject({ version: 2 });
  expect((await door.ask(CANCEL, { id: made.id })).data.cancelCorporateAction.corporateAction).toMatchObject({ status: 'CANCELLED', version: 3 });
  expect((await amend({ cashPerShare: '0.4' })).userErrors).toMatchObject([{ code: 'CONFLICT' }]);
  expect(await told()).toMatchObject([
    { type: 'corporate-action-announced', key: acme, data: { version: 1, cashPerShare: '0.25', taxable: false } },
    { type: 'corporate-action-amended', data: { version: 2, cashPerShare: '0.3' } }, { type: 'corporate-action-cancelled', data: { version: 3 } },
  ]);
});

test('the published name of the mutation announces as well', async () => {
  const { data } = await door.ask(ANNOUNCE.replace('announceCorporateAction', 'recordCorporateAction'), { input: { instrumentId: acme, kind: 'SPLIT', exDate: '2026-11-06', newShares: '2', oldShares: '1', idempotencyKey: 'r-1' } });
  expect(data.recordCorporateAction.corporateAction).toMatchObject({ kind: 'SPLIT', newShares: '2' });
});

test.each([
  ['a dividend without an amount', { kind: 'CASH_DIVIDEND' }, 'cashPerShare'],
  ['a dividend of nothing', { kind: 'CASH_DIVIDEND', cashPerShare: '0' }, 'cashPerShare'],
  ['tax of more than all', { kind: 'CASH_DIVIDEND', cashPerShare: '1', withholdingRate: '1.5' }, 'withholdingRate'],
  ['half a ratio', { kind: 'SPLIT', newShares: '2' }, 'oldShares'],
  ['a term the kind has no use for', { kind: 'SPLIT', newShares: '2', oldShares: '1', cashPerShare: '1' }, 'cashPerShare'],
  ['a spin-off that does not say how basis is shared', { kind: 'SPIN_OFF', newShares: '1', oldShares: '1', other: true }, 'basisShare'],
  ['basis shared in two ways', { kind: 'SPIN_OFF', newShares: '1', oldShares: '1', basisShare: '0.1', oldPrice: '10', newPrice: '1', other: true }, 'basisShare'],
  ['a merger for nothing', { kind: 'MERGER' }, 'newInstrumentId'],
  ['a merger for cash and shares of unknown worth', { kind: 'MERGER', newShares: '1', oldShares: '1', cashPerShare: '1', other: true }, 'newPrice'],
  ['a taxable split', { kind: 'SPLIT', newShares: '2', oldShares: '1', taxable: true }, 'taxable'],
  ['a change of symbol to nothing', { kind: 'SYMBOL_CHANGE' }, 'newSymbol'],
  ['returned capital in another currency', { kind: 'RETURN_OF_CAPITAL', cashPerShare: '1', currency: 'EUR' }, 'currency'],
  ['rights with a price and no last day', { kind: 'RIGHTS_ISSUE', newShares: '1', oldShares: '1', subscriptionPrice: '5', other: true }, 'subscriptionPrice'],
])('%s is refused', async (_, { other: needsOther = false, ...input }: Record<string, unknown>, field) => {
  const { corporateAction, userErrors } = await announce({ ...input, ...(needsOther === true && { newInstrumentId: other }) });
  expect(corporateAction).toBeNull();
  expect(userErrors).toMatchObject([{ code: 'INVALID', path: [field] }]);
});

test('a rights issue may be subscribed in another currency than the instrument is traded in', async () => {
  const rights = { kind: 'RIGHTS_ISSUE', newShares: '1', oldShares: '1', newInstrumentId: other, subscriptionPrice: '5', subscribedShares: '1', subscribedRights: '4', expiresOn: '2026-12-30', exDate: '2026-12-01', currency: 'EUR' };
  expect(await announce(rights)).toMatchObject({ userErrors: [], corporateAction: { id: expect.any(String) } });
  expect((await door.told()).at(-1)).toMatchObject({ type: 'rttm.corporate-action-announced.v1', data: { currency: 'EUR', subscriptionPrice: '5' } });
});

test('what is received exists, is another instrument, and is traded in the same currency', async () => {
  const merger = { kind: 'MERGER', newShares: '1', oldShares: '2' };
  expect((await announce({ ...merger, newInstrumentId: 'ins_none' })).userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['newInstrumentId'] }]);
  expect((await announce({ ...merger, newInstrumentId: acme })).userErrors).toMatchObject([{ code: 'INVALID', path: ['newInstrumentId'] }]);
  expect((await announce({ ...merger, newInstrumentId: euro })).userErrors).toMatchObject([{ code: 'INVALID', path: ['newInstrumentId'] }]);
  expect((await announce({ ...merger, newInstrumentId: other })).corporateAction).toMatchObject({ newInstrument: { symbol: 'OTHR' } });
});

test('a symbol and a name change on their day; an instrument lists its actions, the latest first', async () => {
  const renamed = await create('OLD');
  await announce({ instrumentId: renamed, kind: 'SYMBOL_CHANGE', newSymbol: 'NEW', newName: 'New Inc.', exDate: '2026-11-20' });
  await announce({ instrumentId: renamed, kind: 'SYMBOL_CHANGE', newSymbol: 'LATER', exDate: '2026-12-01' });
  await announce({ instrumentId: renamed, kind: 'CASH_DIVIDEND', cashPerShare: '1', exDate: '2026-01-05' });
  const READ = 'query ($id: ID!, $after: String) { instrument(id: $id) { symbol name corporateActions(first: 2, after: $after) { edges { node { kind exDate } cursor } pageInfo { hasNextPage } } } }';
  const { data: { instrument } } = await door.ask(READ, { id: renamed });
  expect(instrument).toMatchObject({ symbol: 'NEW', name: 'New Inc.', corporateActions: { pageInfo: { hasNextPage: true } } });
  expect(instrument.corporateActions.edges.map(({ node }: { node: { exDate: string } }) => node.exDate)).toEqual(['2026-12-01', '2026-11-20']);
  const { data } = await door.ask(READ, { id: renamed, after: instrument.corporateActions.edges[1].cursor });
  expect(data.instrument.corporateActions.edges).toMatchObject([{ node: { kind: 'CASH_DIVIDEND' } }]);
  expect((await door.told()).filter(({ type }) => type === 'rttm.instrument-renamed.v1')).toMatchObject([{ key: renamed, data: { symbol: 'NEW', name: 'New Inc.' } }]);
});

test('another organisation sees no action and changes none', async () => {
  const { corporateAction: { id } } = await announce({ kind: 'SPLIT', newShares: '2', oldShares: '1' });
  const as = principal({ organizationId: 'org_other' });
  expect((await door.ask('query ($id: ID!) { corporateAction(id: $id) { id } }', { id }, { as })).codes).toEqual(['NOT_FOUND']);
  expect((await door.ask(CANCEL, { id }, { as })).data.cancelCorporateAction.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
});
