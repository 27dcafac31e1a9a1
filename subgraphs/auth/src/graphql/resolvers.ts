/** All resolvers of the domain. */
import { LegalHold, Organization, Passkey, PersonalData, ServiceClient, User, Viewer } from './identity.ts';
import { Mutation } from './mutation.ts';
import { Query } from './query.ts';
import type { Resolvers } from './types.generated.ts';

export const resolvers: Resolvers = { Query, Mutation, Viewer, User, ServiceClient, Organization, Passkey, LegalHold, PersonalData };
