/** The root queries. */
import { alertList } from '../queries/alerts.ts';
import { instrumentById, instrumentList } from '../queries/instruments.ts';
import type { QueryResolvers } from './types.generated.ts';

export const Query: QueryResolvers = {
  instrument: (_, { id }, ctx) => instrumentById(ctx, id),
  instruments: (_, { filter, ...args }, ctx) => instrumentList(ctx, filter, args),
  alerts: (_, { filter, ...args }, ctx) => alertList(ctx, filter, args),
};
