/** Everything in one process: the router reaches the ten domains by a call, events go from commit to reaction without a network. */
import { randomBytes } from 'node:crypto';
import { domainNames } from './catalogue.ts';
import { inProcess } from '@pms/router/dial/in-process';
import { startRouter } from '@pms/router';
import { unrevoked } from '@pms/identity/revocations';
import { isPassing } from '@pms/errors/passing';
import { gatherToken } from '@pms/events/consistency';
import { exportRoutes } from '@pms/subgraph/export-routes';
import type { Logger } from '@pms/telemetry/logger';
import { inProcessAccesses } from './access-channel.ts';
import { followRevocations, REVOCATIONS_SECRET } from './revocations.ts';
import { inBrowsers } from './browsers.ts';
import type { Environment } from './environment.ts';
import { embeddedFix } from './fix.ts';
import { flows } from './flows.ts';
import { type Ask, followingTokens } from './follow-token.ts';
import { keptAnswers } from './kept-answers.ts';
import { keepsAnswers, routerOptions } from './router.ts';
import { trusting } from './trust.ts';
import { openWorld, type World } from './world.ts';

const tokenOf: NonNullable<Parameters<typeof inProcess>[0][number]['gatherToken']> = ({ principal, correlationId }) =>
  (principal === null ? () => null : gatherToken({ organizationId: principal.organizationId, correlationId }));

/** A call, where over HTTP it would be a request. */
const asking = ({ followers }: World): Ask => async (domain, { principal, token, correlationId, passed }) => {
  try {
    return await followers.get(domain)?.({ principal, token, correlationId, ...(passed === undefined ? {} : { headers: passed }) }) ?? [];
  } catch (error) {
    if (isPassing(error)) return null;
    throw error;
  }
};

/** Of the secret that one process shares with itself. */
const SECRET_BYTES = 48;

export interface PlatformOptions {
  readonly environment: Environment;
  readonly databaseUrl: string;
  readonly logger: Logger;
}

export interface Platform {
  close(): Promise<void>;
}

export async function openPlatform({ environment: given, databaseUrl, logger }: PlatformOptions): Promise<Platform> {
  const environment = { ...given, secrets: new Map([[REVOCATIONS_SECRET, randomBytes(SECRET_BYTES).toString('base64url')], ...given.secrets]) };
  const options = routerOptions(environment, logger);
  try {
    const platform = await opened({ environment, databaseUrl, logger }, options);
    return {
      async close() {
        await platform.close();
        options.redis?.close();
      },
    };
  } catch (error) {
    options.redis?.close();
    throw error;
  }
}

async function opened({ environment, databaseUrl, logger }: PlatformOptions, options: ReturnType<typeof routerOptions>): Promise<Platform> {
  const { redis } = options;
  const world = await openWorld({ environment, databaseUrl, domains: domainNames, shared: environment.databaseUrl !== null, redis, logger });
  const { subgraphs } = world;
  try {
    const issuer = environment.issuer ?? environment.publicUrl;
    // It fetches its own keys from itself: tokens are verified by the same path in either shape.
    const itself = `http://${environment.host === '0.0.0.0' ? '127.0.0.1' : environment.host}:${String(environment.port)}`;
    const keysUrl = environment.jwksUrl ?? `${itself}/oauth2/jwks`;
    const following = await followRevocations({ address: itself, environment, logger, redis });
    const trusted = trusting(issuer, keysUrl);
    const authenticate = unrevoked(trusted, following?.revocations) ?? trusted;
    const accesses = inProcessAccesses(subgraphs, logger);
    const router = await startRouter({
      ...options,
      ...(accesses === null ? {} : { accesses: accesses.take }),
      ...inBrowsers(issuer),
      dial: followingTokens(inProcess(subgraphs.map((subgraph) => ({ name: subgraph.name, schema: subgraph.schema, contextFor: world.readers.get(subgraph.name) ?? subgraph.contextFor, gatherToken: tokenOf }))),
        { flows, waitMsMax: environment.consistencyMs, ask: asking(world) }),
      authenticate: trusted,
      ...(following === null ? {} : { revocations: following.revocations }),
      mounts: async (app) => {
        for (const subgraph of subgraphs) await subgraph.routes?.(app);
        exportRoutes(app, { datasets: subgraphs.flatMap(({ datasets = [] }) => datasets), authenticate, logger });
      },
      ready: () => Promise.all(subgraphs.map((subgraph) => subgraph.ready())).then(() => true, () => false),
    });
    const kept = keepsAnswers(options) ? keptAnswers(router, world.bus) : null;
    await world.start();
    const fix = await embeddedFix(environment, subgraphs, { logger, itself });
    return {
      async close() {
        await fix?.close();
        following?.stop();
        await router.close();
        await accesses?.close();
        await world.close();
        kept?.close();
      },
    };
  } catch (error) {
    await world.close();
    throw error;
  }
}
