/**
 * Every setting of the router that is data: from a file (ROUTER_CONFIG) or from code, each with its default and its bounds, refused by name when
 * it is none. What is code (dial, policies, plugins) is in RouterOptions.
 */
import { z } from 'zod';
import { cacheSettings } from './cache/settings.ts';
import { subgraphSettings } from './dial/settings.ts';
import { executionSettings } from './execution/settings.ts';
import { httpSettings } from './http/settings.ts';
import { authenticationSettings, authorizationSettings, disclosureSettings, documentSettings, limitSettings, rateSettings } from './security/settings.ts';
import { subscriptionSettings } from './subscriptions/settings.ts';
import { supergraphSettings } from './supergraph/settings.ts';
import { telemetrySettings } from './telemetry/settings.ts';

const redisSettings = z.strictObject({
  commandMsMax: z.int().positive().default(100).describe('How long an answer of Redis is waited for; then this process goes by its own memory until Redis answers again.'),
  keyPrefix: z.string().default('router:').describe('Begins the keys of the router, after that of the whole platform (REDIS_PREFIX): routers that share a Redis and no limits have different ones.'),
});

export const routerSettings = z.strictObject({
  supergraph: supergraphSettings.prefault({}),
  http: httpSettings.prefault({}),
  limits: limitSettings.prefault({}),
  rate: rateSettings.prefault({}),
  authentication: authenticationSettings.prefault({}),
  authorization: authorizationSettings.prefault({}),
  documents: documentSettings.prefault({}),
  disclosure: disclosureSettings.prefault({}),
  subscriptions: subscriptionSettings.prefault({}),
  subgraphs: subgraphSettings.prefault({}),
  execution: executionSettings.prefault({}),
  telemetry: telemetrySettings.prefault({}),
  cache: cacheSettings.prefault({}),
  redis: redisSettings.prefault({}),
});

export type RouterSettings = z.output<typeof routerSettings>;
export type RouterSettingsInput = z.input<typeof routerSettings>;
