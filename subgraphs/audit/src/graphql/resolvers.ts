/** All resolvers of the domain. */
import { AuditEntry, Portfolio, Trade } from './entry.ts';
import { Query } from './query.ts';
import type { Resolvers } from './types.generated.ts';

export const resolvers: Resolvers = { Query, AuditEntry, Trade, Portfolio };
