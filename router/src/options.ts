/** What a router is given: the parts that are code; what is data is in settings.ts. */
import type { ApolloServerPlugin } from '@apollo/server';
import type { Tracer } from '@opentelemetry/api';
import type { Revocations } from '@pms/identity/revocations';
import type { RedisLink } from '@pms/redis/link';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { Dial } from './dial/transport.ts';
import type { RouterContext } from './gateway.ts';
import type { GraphiqlOptions } from './http/graphiql.ts';
import type { RouterLogger } from './observe.ts';
import type { OverrideLabels, OverridePercentage } from './planner/override.ts';
import type { Authenticate, SessionToken } from './security/authenticate.ts';
import type { Policies } from './security/requirements.ts';
import { type RouterSettings, routerSettings, type RouterSettingsInput } from './settings.ts';
import type { SupergraphSource } from './supergraph/source.ts';
import type { Access } from './telemetry/access.ts';

export interface RouterOptions {
  readonly supergraph: SupergraphSource;
  readonly dial: Dial;
  readonly port: number;
  readonly host: string;
  readonly logger: RouterLogger;
  readonly metricsRegistry: Registry;
  /** What /metrics answers, where that is more than the registry: a worker answers for all. */
  readonly metricsText?: () => Promise<string>;
  /** Hides the schema and suggestions from clients, and GraphiQL with them. */
  readonly production: boolean;
  /** Absent: authentication is off, and so are the directives that need a principal. */
  readonly authenticate?: Authenticate;
  readonly sessionToken?: SessionToken;
  /** Whose tokens hold no longer: their requests are refused, their subscriptions end. */
  readonly revocations?: Revocations;
  /** Told, once it has ended, of each mutation and of each operation that was refused for who asked; it must return at once. */
  readonly accesses?: (access: Access) => void;
  readonly policies?: Policies;
  /** Decides labels of a progressive `@override` that are not `percent(n)`; without it they never hold. */
  readonly overrideLabels?: OverrideLabels;
  /** The number that `percent(n)` is held against, in [0, 100); drawn for each request without it. */
  readonly overridePercentage?: OverridePercentage;
  /** A Redis that replicas share: its address (redis:// or rediss://), or a connection, which stays open; without one each goes by its own memory. */
  readonly redis?: string | RedisLink | null;
  /**
   * Whether this router is told, at the moment, of what others change (and calls `invalidate`). While it is not, kept answers are given for `cache.awaySecondsMax`
   * at most. Not asked where there is a Redis; without it nobody is expected to tell, and answers are kept as long as hints and headers allow.
   */
  readonly hearsChanges?: () => boolean;
  /** Makes the spans of recorded requests; without one a client's trace headers go on as they came. */
  readonly tracer?: Tracer;
  /** Throws ZodError when they are not settings. */
  readonly settings?: RouterSettingsInput;
  /** GraphiQL at /graphiql; on unless in production. */
  readonly graphiql?: boolean;
  /** What GraphiQL opens with, and where people sign in. */
  readonly people?: Omit<GraphiqlOptions, 'title' | 'plans'>;
  /** Apollo Server plugins: operations over HTTP then go through an Apollo Server. */
  readonly plugins?: readonly ApolloServerPlugin<RouterContext>[];
  /** More routes on the same server: the auth server, the dashboard. */
  readonly mounts?: (app: FastifyInstance) => Promise<void>;
  readonly ready?: () => boolean | Promise<boolean>;
}

/** With every default filled in. */
export type Complete = ReturnType<typeof withDefaults>;

export const withDefaults = ({ settings, ...options }: RouterOptions) => ({
  policies: {}, graphiql: !options.production, ready: (): boolean | Promise<boolean> => true, ...options, settings: routerSettings.parse(settings ?? {}) satisfies RouterSettings,
});
