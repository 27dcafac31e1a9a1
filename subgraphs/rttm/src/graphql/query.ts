/** The root queries. */
import { alertList } from '../queries/alerts.ts';
import { fxRate } from '../queries/fx-rate.ts';
import { instrumentById, instrumentList } from '../queries/instruments.ts';
import type { QueryResolvers } from './types.generated.ts';

export const Query: QueryResolvers = {
  instrument: (_, { id }, ctx) => instrumentById(ctx, id),
  instruments: (_, { filter, ...args }, ctx) => instrumentList(ctx, filter, args),
  fxRate: (_, args, ctx) => fxRate(ctx, args),
  alerts: (_, { filter, ...args }, ctx) => alertList(ctx, filter, args),
};
