/** Everything in one process: the router reaches the ten domains by a call, events go from commit to reaction without a network. */
import { domainNames } from './catalogue.ts';
import { inProcess } from '@pms/router/dial/in-process';
import { startRouter } from '@pms/router';
import type { Logger } from '@pms/telemetry/logger';
import { inBrowsers } from './browsers.ts';
import type { Environment } from './environment.ts';
import { keptAnswers } from './kept-answers.ts';
import { routerOptions } from './router.ts';
import { trusting } from './trust.ts';
import { openWorld } from './world.ts';

export interface PlatformOptions {
  readonly environment: Environment;
  readonly databaseUrl: string;
  readonly logger: Logger;
}

export interface Platform {
  close(): Promise<void>;
}

export async function openPlatform({ environment, databaseUrl, logger }: PlatformOptions): Promise<Platform> {
  const world = await openWorld({ environment, databaseUrl, domains: domainNames, shared: environment.databaseUrl !== null, logger });
  const { subgraphs } = world;
  try {
    const issuer = environment.issuer ?? environment.publicUrl;
    // It fetches its own keys from itself: tokens are verified by the same path in either shape.
    const keysUrl = environment.jwksUrl ?? `http://${environment.host === '0.0.0.0' ? '127.0.0.1' : environment.host}:${String(environment.port)}/oauth2/jwks`;
    const options = routerOptions(environment, logger);
    const router = await startRouter({
      ...options,
      ...inBrowsers(issuer),
      dial: inProcess(subgraphs),
      authenticate: trusting(issuer, keysUrl),
      mounts: async (app) => {
        for (const subgraph of subgraphs) await subgraph.routes?.(app);
      },
      ready: () => Promise.all(subgraphs.map((subgraph) => subgraph.ready())).then(() => true, () => false),
    });
    const kept = options.settings?.cache?.enabled === true ? keptAnswers(router, world.bus) : null;
    await world.start();
    return {
      async close() {
        await router.close();
        await world.close();
        kept?.close();
      },
    };
  } catch (error) {
    await world.close();
    throw error;
  }
}
