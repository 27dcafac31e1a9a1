/** What every command and query of this domain is given. Made in subgraph.ts, read everywhere. */
import type { SignedRequest } from '@pms/subgraph/subgraph';
import type DataLoader from 'dataloader';
import type { Organization } from './domain/organization.ts';
import type { ServiceClient } from './domain/service-client.ts';
import type { User } from './domain/user.ts';
import type { Hashing } from './oauth/hashing.ts';
import type { Passkeys } from './oauth/passkeys.ts';
import type { SecondFactors } from './oauth/second-factor.ts';
import type { SignIn } from './oauth/sign-in.ts';
import type { AuthStore } from './store/auth-store.ts';

export interface Loaders {
  /** Null for an id that is unknown or another organisation's. */
  readonly user: DataLoader<string, User | null>;
  readonly serviceClient: DataLoader<string, ServiceClient | null>;
  readonly organization: DataLoader<string, Organization | null>;
}

/** What is needed to make accounts, whoever asks for them. */
export interface Accounts {
  readonly store: AuthStore;
  readonly hashing: Hashing;
  newId(kind: string): string;
  now(): Date;
}

export interface AuthContext extends SignedRequest, Accounts {
  readonly loaders: Loaders;
  readonly confirm: SignIn['confirm'];
  readonly confirmFactor: SignIn['confirmFactor'];
  readonly factors: SecondFactors;
  readonly passkeys: Passkeys;
}
