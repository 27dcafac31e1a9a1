/** What may be changed in the books from outside: cash in and out, and currencies. */
import { payload } from '@pms/subgraph/refusals';
import { exerciseRights, processCorporateActions } from '../commands/actions-on-request.ts';
import { importCustodyStatement } from '../commands/custody/import-custody-statement.ts';
import { exchangeCurrency } from '../commands/exchange-currency.ts';
import { moveCash } from '../commands/move-cash.ts';
import { cancelExchange, reverseCashMovement } from '../commands/take-back-cash.ts';
import { assignBreak, commentBreak, resolveBreak } from '../commands/custody/work-on-break.ts';
import { layoutOf } from './custody.ts';
import type { MutationResolvers } from './types.generated.ts';

export const Mutation: MutationResolvers = {
  depositCash: (_, { input }, ctx) => payload(['cash', 'movementId'], () => moveCash(ctx, 'DEPOSIT', input)),
  withdrawCash: (_, { input }, ctx) => payload(['cash', 'movementId'], () => moveCash(ctx, 'WITHDRAWAL', input)),
  bookCashItem: (_, { input: { item, ...input } }, ctx) => payload(['cash', 'movementId'], () => moveCash(ctx, item, input)),
  exchangeCurrency: (_, { input }, ctx) => payload(['exchange'], async () => ({ exchange: await exchangeCurrency(ctx, input) })),
  reverseCashMovement: (_, { input }, ctx) => payload(['cash'], async () => ({ cash: await reverseCashMovement(ctx, input) })),
  cancelCurrencyExchange: (_, { input }, ctx) => payload(['exchange'], async () => ({ exchange: await cancelExchange(ctx, input) })),
  processCorporateActions: (_, { input }, ctx) => payload(['applied', 'reversed', 'paid', 'more'], () => processCorporateActions(ctx, input)),
  exerciseRights: (_, { input }, ctx) => payload(['entitlement'], async () => ({ entitlement: await exerciseRights(ctx, input) })),
  importCustodyStatement: (_, { input }, ctx) => importCustodyStatement(ctx, { ...input, csv: layoutOf(input.csv) }),
  assignBreak: (_, { input }, ctx) => payload(['break'], async () => ({ break: await assignBreak(ctx, input.breakId, input.assignee ?? null) })),
  commentBreak: (_, { input }, ctx) => payload(['break'], async () => ({ break: await commentBreak(ctx, input.breakId, input.text) })),
  resolveBreak: (_, { input }, ctx) => payload(['break'], async () => ({ break: await resolveBreak(ctx, input.breakId, input.resolution, input.reason) })),
};
