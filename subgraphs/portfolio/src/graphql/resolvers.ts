/** All resolvers of the domain. */
import { Mutation } from './mutation.ts';
import { Investor, Portfolio, TargetWeight } from './portfolio.ts';
import { Query } from './query.ts';
import type { Resolvers } from './types.generated.ts';

export const resolvers: Resolvers = { Query, Mutation, Portfolio, Investor, TargetWeight };
