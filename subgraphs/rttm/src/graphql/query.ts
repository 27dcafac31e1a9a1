/** The root queries. */
import { corporateActionById } from '../queries/corporate-actions.ts';
import { alertList } from '../queries/alerts.ts';
import { fxRate } from '../queries/fx-rate.ts';
import { instrumentById, instrumentList } from '../queries/instruments.ts';
import type { QueryResolvers } from './types.generated.ts';

export const Query: QueryResolvers = {
  corporateAction: (_, { id }, ctx) => corporateActionById(ctx, id),
  instrument: (_, { id }, ctx) => instrumentById(ctx, id),
  instruments: (_, { filter, ...args }, ctx) => instrumentList(ctx, filter, args),
  fxRate: (_, args, ctx) => fxRate(ctx, args),
  alerts: (_, { filter, ...args }, ctx) => alertList(ctx, filter, args),
};
