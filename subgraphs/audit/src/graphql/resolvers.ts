/** All resolvers of the domain. */
import { AuditEntry, PersonalData, Portfolio, Trade } from './entry.ts';
import { Mutation } from './mutation.ts';
import { Query } from './query.ts';
import type { Resolvers } from './types.generated.ts';

export const resolvers: Resolvers = { Query, Mutation, AuditEntry, Trade, Portfolio, PersonalData };
