/** The mutations: a refusal becomes the payload's user errors. */
import type { UserErrorCode } from '@pms/errors';
import { payload } from '@pms/subgraph/refusals';
import { amendCorporateAction, announceCorporateAction, cancelCorporateAction } from '../commands/corporate-actions.ts';
import { createAlertRule } from '../commands/create-alert-rule.ts';
import { createInstrument } from '../commands/create-instrument.ts';
import { type FxImportOutcome, importFxRates } from '../commands/import-fx-rates.ts';
import { type ImportOutcome, importPrices } from '../commands/import-prices.ts';
import { ingestQuotes } from '../commands/ingest-quotes.ts';
import type { MutationResolvers } from './types.generated.ts';

export const Mutation: MutationResolvers = {
  createInstrument: (_, { input }, ctx) => payload(['instrument'], async () => ({ instrument: await createInstrument(ctx, input) })),
  importPrices: async (_, { input }, ctx) => {
    const { outcome, userErrors } = await payload(['outcome'], async () => ({ outcome: await importPrices(ctx, input) }));
    return importPayload(outcome, userErrors, input.csv == null ? 'rows' : 'csv');
  },
  importFxRates: async (_, { input }, ctx) => {
    const { outcome, userErrors } = await payload(['outcome'], async () => ({ outcome: await importFxRates(ctx, input) }));
    return fxImportPayload(outcome, userErrors, input.csv == null ? 'rows' : 'csv');
  },
  ingestQuotes: (_, { input }, ctx) => payload(['accepted', 'outdated'], () => ingestQuotes(ctx, input.quotes)),
  announceCorporateAction: (_, { input }, ctx) => payload(['corporateAction'], async () => ({ corporateAction: await announceCorporateAction(ctx, input) })),
  recordCorporateAction: (_, { input }, ctx) => payload(['corporateAction'], async () => ({ corporateAction: await announceCorporateAction(ctx, input) })),
  amendCorporateAction: (_, { input }, ctx) => payload(['corporateAction'], async () => ({ corporateAction: await amendCorporateAction(ctx, input) })),
  cancelCorporateAction: (_, { input }, ctx) => payload(['corporateAction'], async () => ({ corporateAction: await cancelCorporateAction(ctx, input.corporateActionId) })),
  createAlertRule: (_, { input }, ctx) => payload(['alertRule'], async () => ({ alertRule: await createAlertRule(ctx, input) })),
};

interface UserError {
  readonly code: UserErrorCode;
  readonly message: string;
  readonly path: readonly string[];
}

const nothing = { instrument: null, recorded: null, unchanged: null, layout: null, withoutPrice: [], problems: [] };

const noRates = { recorded: null, unchanged: null, problems: [] };

function fxImportPayload(outcome: FxImportOutcome | null, userErrors: readonly UserError[], where: string) {
  if (outcome === null) return { ...noRates, userErrors };
  if ('imported' in outcome) return { ...noRates, ...outcome.imported, userErrors };
  const message = `nothing was imported: ${outcome.badRows} bad ${outcome.badRows === 1 ? 'row' : 'rows'}, see \`problems\``;
  return { ...noRates, problems: outcome.problems, userErrors: [{ code: 'INVALID' as const, message, path: [where] }] };
}

function importPayload(outcome: ImportOutcome | null, userErrors: readonly UserError[], where: string) {
  if (outcome === null) return { ...nothing, userErrors };
  if ('imported' in outcome) return { ...nothing, ...outcome.imported, userErrors };
  const message = `nothing was imported: ${outcome.badRows} bad ${outcome.badRows === 1 ? 'row' : 'rows'}, see \`problems\``;
  return { ...nothing, problems: outcome.problems, userErrors: [{ code: 'INVALID' as const, message, path: [where] }] };
}
