/** Settlements as operations work with them, for tests. */
import { newId } from '@pms/events/ids';
import type { TransactionalSubgraph } from '../src/subgraph.ts';
import type { FrontDoor } from '@pms/testing/front-door';

export const SETTLEMENT_FIELDS = `status contractualDate settledOn failureReason failureCode failedOn attempts tradeVersion counterparty placeOfSettlement custodyAccount
  quantity amount { amount currency } settledQuantity settledAmount { amount } daysLate businessDaysLate age netSet { id }
  claims { id kind status amount { amount currency } principal { amount } annualRate dayCount from to days price { amount } tradePrice { amount } raisedBy decidedBy reason }
  saga { state stuck parked { code reason on } nextAttemptOn compensations steps { name on by detail compensation undoneAt } }`;

// oxlint-disable-next-line typescript/no-explicit-any -- answers are as the query asks
export type Answer = any;

export interface Operations {
  of(tradeId: string): Promise<Answer>;
  /** A mutation whose payload is `field`, with the fields that are given. */
  run(name: string, input: Record<string, unknown>, options?: { readonly fields?: string; readonly as?: unknown }): Promise<Answer>;
  /** One that needs an idempotency key. */
  once(name: string, input: Record<string, unknown>, fields?: string): Promise<Answer>;
  due(portfolioId: string, asOf: string): Promise<Answer>;
  verify(): Promise<readonly string[] | undefined>;
  /** What a verification of all books finds. */
  findings(): Promise<readonly unknown[]>;
}

export function operations(door: FrontDoor): Operations {
  const run: Operations['run'] = async (name, input, { fields = `settlement { ${SETTLEMENT_FIELDS} }`, as } = {}) => {
    const type = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}Input!`;
    const { data, codes } = await door.ask(`mutation ($input: ${type}) { ${name}(input: $input) { ${fields} userErrors { code path message } } }`, { input }, as === undefined ? {} : { as: as as never });
    return data?.[name] ?? { codes };
  };
  return {
    run,
    of: async (tradeId) => (await door.ask(`query ($id: ID!) { _entities(representations: [{ __typename: "Trade", id: $id }]) { ... on Trade { settlement { ${SETTLEMENT_FIELDS} } } } }`, { id: tradeId })).data._entities[0].settlement,
    once: (name, input, fields) => run(name, { idempotencyKey: newId('key'), ...input }, fields === undefined ? {} : { fields }),
    due: (portfolioId, asOf) => run('settleDue', { portfolioId, asOf }, { fields: 'settled failed' }),
    async findings() {
      const all: unknown[] = [];
      for await (const { findings } of (door.subgraph as TransactionalSubgraph).verify({ organizationId: null, portfolioId: null })) all.push(...findings);
      return all;
    },
    verify: async () => (await door.subgraph.rebuild?.({ verify: true }))?.differences,
  };
}
