/**
 * Every setting of the router that is data: from a file (ROUTER_CONFIG) or from code, each with its default and its bounds, refused by name when
 * it is none. What is code (dial, policies, plugins) is in RouterOptions.
 */
import { z } from 'zod';
import { httpSettings } from './http/settings.ts';
import { limitSettings, rateSettings } from './security/settings.ts';
import { subscriptionSettings } from './subscriptions/settings.ts';
import { supergraphSettings } from './supergraph/settings.ts';

export const routerSettings = z.strictObject({
  supergraph: supergraphSettings.prefault({}),
  http: httpSettings.prefault({}),
  limits: limitSettings.prefault({}),
  rate: rateSettings.prefault({}),
  subscriptions: subscriptionSettings.prefault({}),
});

export type RouterSettings = z.output<typeof routerSettings>;
export type RouterSettingsInput = z.input<typeof routerSettings>;
