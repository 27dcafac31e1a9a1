/** Questions at the root. */
import { serviceClients, userById, users } from '../queries/identities.ts';
import { personalData } from '../queries/personal-data.ts';
import type { QueryResolvers } from './types.generated.ts';

export const Query: QueryResolvers = {
  viewer: (_, __, { principal }) => principal,
  user: (_, { id }, ctx) => userById(ctx, id),
  users: (_, page, ctx) => users(ctx, page),
  personalData: (_, { userId }, ctx) => personalData(ctx, userId),
  serviceClients: (_, page, ctx) => serviceClients(ctx, page),
};
