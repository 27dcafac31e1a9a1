/** The one shape that every domain has, wherever it runs, and what it is given. */
import type { Reaction } from '@pms/events/bus';
import type { Aftermath } from '@pms/events/consequences';
import type { Awaited } from '@pms/events/consistency-token';
import type { Live } from '@pms/events/live';
import type { Origin } from '@pms/events/envelope';
import type { Newest } from '@pms/events/newest';
import type { Written } from '@pms/events/recent';
import type { Sql, Transactions } from '@pms/events/sql';
import { unauthenticated } from '@pms/errors';
import type { IdentityProvider } from '@pms/identity/federation';
import type { Principal } from '@pms/identity/principal';
import type { RedisLink } from '@pms/redis/link';
import type { Logger } from '@pms/telemetry/logger';
import type { Dataset } from './exports.ts';
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Rewrapped, Rewrapping } from './rewrapping.ts';

export interface SubgraphRequest {
  readonly principal: Principal | null;
  readonly token: string | null;
  readonly correlationId: string;
  /** Of the client's headers those that subgraphs are passed, by their names in small letters. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request whose sender is known, as commands and queries see it. */
export interface SignedRequest {
  readonly principal: Principal;
  readonly origin: Origin;
}

/** Throws UNAUTHENTICATED when nobody has signed in, or somebody at another issuer: the platform's domains believe their own alone. */
export function signed({ principal, correlationId }: SubgraphRequest): SignedRequest {
  if (principal === null) throw unauthenticated('sign in first: the request carries no access token');
  if (principal.issuer !== undefined) throw unauthenticated('the token is of an issuer that is not trusted here');
  return {
    principal,
    origin: { organizationId: principal.organizationId, actor: principal.subject, correlationId, causationId: null },
  };
}

/** An S3 bucket with object lock, for checkpoints that nobody can take back. */
export interface CheckpointBucket {
  readonly bucket: string;
  /** In front of each object's name; empty, or ending in a slash. */
  readonly prefix: string;
  readonly region: string;
  /** Of another server that speaks S3; null for Amazon's own. */
  readonly endpoint: string | null;
  /** How long nobody can remove what was written. */
  readonly retentionDays: number;
  credentials(): Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string | undefined }>;
}

export interface Settings {
  readonly production: boolean;
  /** The demo world: its accounts, its simulated tape. Never true in production. */
  readonly demo: boolean;
  /** The token issuer's address, which is also the platform's public address, for example `http://127.0.0.1:4000`. */
  readonly issuer: string;
  /** Organisations' own OpenID providers, which people may sign in with. */
  readonly identityProviders?: readonly IdentityProvider[];
  /** Where checkpoints of the audit trail are written, outside of the database: a folder, or a bucket whose objects are locked; without it they are in the database alone. */
  readonly checkpoints?: string | CheckpointBucket;
  /** A secret by name: generated once and kept, or from the environment. At least 32 bytes of base64url text. */
  secret(name: string): Promise<string>;
  /** One that need not be there: null where nobody gave it; none is generated. */
  givenSecret?(name: string): Promise<string | null>;
}

/** Everything a domain is given; the only things it may take from outside. */
export interface Surroundings {
  readonly database: Sql & Transactions & { readonly adapter: SqlDriverAdapterFactory };
  readonly live: Live;
  /** What processes share where there is one, and what may be away; never the only place of anything. */
  readonly redis?: RedisLink | null;
  readonly logger: Logger;
  readonly settings: Settings;
  /** The newest that others have written about keys; absent where nothing is delivered, and nothing can be missing. */
  readonly newest?: Newest;
  /** Says that events were committed, and which. */
  wake(told: readonly Written[]): void;
  newId(kind: string): string;
  now(): Date;
}

/** What a rebuild of a domain's projections found; `differences` is empty when the stored figures are the rebuilt ones. */
export interface RebuildReport {
  readonly domain: string;
  readonly facts: number;
  readonly differences: readonly string[];
}

export interface Subgraph {
  readonly name: string;
  readonly schema: GraphQLSchema;
  readonly reactions: readonly Reaction[];
  /** What the resolvers receive as context, made once per request. Throws UNAUTHENTICATED when nobody has signed in. */
  contextFor(request: SubgraphRequest): object;
  /**
   * Of a domain that does some of its work behind its reactions: does at once what is left of it because of these events, for the organisation of the request, so that who
   * presents a consistency token need not wait for its turn. Resolves to what it tells of that; `late` when there was no time for all of it. Work of the calendar is none.
   */
  catchUp?(request: SubgraphRequest, events: readonly Awaited[], inTime: () => boolean): Promise<Aftermath | 'late' | null>;
  /** Starts what runs by itself: a tape, a sealer, due settlements. */
  start?(): Promise<void>;
  /** HTTP routes besides GraphQL (auth's OAuth endpoints). */
  routes?(app: FastifyInstance): Promise<void>;
  /** What it gives out whole, over HTTP and to `pms export`. */
  readonly datasets?: readonly Dataset[];
  /** Recomputes projections from the recorded facts; with `verify` only compares. */
  rebuild?(options: { readonly verify: boolean }): Promise<RebuildReport>;
  /** Wraps the keys of people anew, over all organisations; of domains that keep something personal. */
  rewrapKeys?(only: Rewrapping): Promise<Rewrapped>;
  ready(): Promise<void>;
  close(): Promise<void>;
}
