/** Corporate actions as market data tells of them, and what the books show of them. */
import { newId } from '@pms/events/ids';
import type { Event } from '@pms/events/envelope';
import { corporateActionAmended, corporateActionAnnounced, corporateActionCancelled, type CorporateActionFacts, instrumentCreated } from '@pms/schema/events/rttm';
import { type FrontDoor, heard } from '@pms/testing/front-door';

export type ActionOver = Partial<CorporateActionFacts> & Pick<CorporateActionFacts, 'kind' | 'instrumentId'>;

export const factsOf = (over: ActionOver): CorporateActionFacts => ({
  actionId: newId('cac'), version: 1, exDate: '2026-11-05', recordDate: null, payDate: null, currency: 'USD', cashPerShare: null, withholdingRate: null, newShares: null, oldShares: null,
  newInstrumentId: null, basisShare: null, oldPrice: null, newPrice: null, cashInLieuPrice: null, taxable: false, newSymbol: null, newName: null,
  subscriptionPrice: null, subscribedInstrumentId: null, subscribedShares: null, subscribedRights: null, expiresOn: null, ...over,
});

export const announced = (over: ActionOver): Event<CorporateActionFacts> => heard(corporateActionAnnounced, over.instrumentId, factsOf(over));
export const amended = (before: CorporateActionFacts, over: Partial<CorporateActionFacts>): Event<CorporateActionFacts> =>
  heard(corporateActionAmended, before.instrumentId, { ...before, version: before.version + 1, ...over });
export const withdrawn = ({ actionId, version, instrumentId }: CorporateActionFacts): Event =>
  heard(corporateActionCancelled, instrumentId, { actionId, version: version + 1, instrumentId });

export async function newInstrument(door: FrontDoor, symbol: string, currency = 'USD', organizationId = 'org_one'): Promise<string> {
  const instrumentId = newId('ins');
  await door.hear(heard(instrumentCreated, instrumentId, { instrumentId, symbol, name: symbol, assetClass: 'EQUITY', currency, mic: 'XNYS' }, { organizationId }));
  return instrumentId;
}

const PROCESS = `mutation ($input: ProcessCorporateActionsInput!) { processCorporateActions(input: $input) { applied reversed paid more userErrors { code path message } } }`;

export async function process(door: FrontDoor, asOf: string, portfolioId: string | null = null): Promise<{ applied: number; reversed: number; paid: number; more: boolean }> {
  const { data } = await door.ask(PROCESS, { input: { asOf, portfolioId } });
  if (data.processCorporateActions.userErrors.length > 0) throw new Error(JSON.stringify(data.processCorporateActions.userErrors));
  return data.processCorporateActions;
}

export interface Shown {
  readonly kind: string;
  readonly status: string;
  readonly version: number;
  readonly entitledQuantity: string;
  readonly problem: string | null;
  readonly [figure: string]: unknown;
}

const SHOWN = `query ($id: ID!) { _entities(representations: [{ __typename: "Portfolio", id: $id }]) { ... on Portfolio {
  corporateActions(first: 100) { edges { node { id corporateAction { id } kind status version exDate payDate paidOn entitledQuantity income { amount currency } taxWithheld { amount } capital { amount } cash { amount }
    changes { instrument { id } quantity costBasis { amount } realizedPnl { amount } } problem } } }
  positions(includeClosed: true) { instrument { id } quantity costBasis { amount } realizedPnl { amount } openedOn currency lots { id openedOn quantity costBasis { amount } trade { id } } }
  cash { currency balance { amount } settled { amount } receivable { amount } payable { amount } }
  journal(first: 500) { edges { node { kind effectiveOn entitlement { id kind } trade { id } lines { account amount { amount } instrument { id } } } } } } } }`;

interface PositionShown {
  readonly instrument: { readonly id: string };
  readonly quantity: string;
  readonly costBasis: { readonly amount: string };
  readonly realizedPnl: { readonly amount: string };
  readonly lots: readonly { readonly openedOn: string; readonly quantity: string; readonly costBasis: { readonly amount: string } }[];
}

interface EntryShown {
  readonly node: { readonly kind: string; readonly effectiveOn: string; readonly lines: readonly { readonly account: string; readonly amount: { readonly amount: string } }[] };
}

export interface Books {
  readonly actions: readonly Shown[];
  /** By instrument: quantity, cost and gain, and each lot's day, quantity and cost. */
  readonly positions: ReadonlyMap<string, { readonly quantity: string; readonly cost: string; readonly gain: string; readonly lots: readonly string[] }>;
  readonly cash: Readonly<Record<string, { amount: string }>> | undefined;
  readonly journal: readonly { readonly kind: string; readonly effectiveOn: string; readonly lines: readonly string[] }[];
}

export async function booksOf(door: FrontDoor, portfolioId: string): Promise<Books> {
  const { data, messages } = await door.ask(SHOWN, { id: portfolioId });
  if (messages.length > 0) throw new Error(messages.join('; '));
  const [portfolio] = data._entities;
  return {
    actions: portfolio.corporateActions.edges.map(({ node }: { node: Shown }) => node),
    positions: new Map((portfolio.positions as PositionShown[]).map((each) => [each.instrument.id, {
      quantity: each.quantity, cost: each.costBasis.amount, gain: each.realizedPnl.amount, lots: each.lots.map((lot) => `${lot.openedOn} ${lot.quantity} ${lot.costBasis.amount}`),
    }])),
    cash: portfolio.cash[0],
    journal: (portfolio.journal.edges as EntryShown[]).map(({ node }) => ({
      kind: node.kind, effectiveOn: node.effectiveOn, lines: node.lines.map((line) => `${line.account} ${line.amount.amount}`),
    })),
  };
}
