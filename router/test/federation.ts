/** Puts small federated graphs together for tests: composes, runs in process, asks. */
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import type { Principal } from '@pms/identity/principal';
import { parse } from 'graphql';
import { Registry } from 'prom-client';
import { inProcess, type LocalSubgraph } from '../src/dial/in-process.ts';
import type { Dial, RequestContext } from '../src/dial/transport.ts';
import { type Engine, type EngineOptions, makeEngine } from '../src/engine.ts';
import { routerMetrics, type RouterLogger } from '../src/observe.ts';
import { standardLimits } from '../src/security/limits.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@requires", "@external", "@provides", "@shareable", "@override", "@inaccessible", "@interfaceObject",
  "@authenticated", "@requiresScopes", "@policy", "@cost", "@listSize", "@context", "@fromContext"])\n`;

export interface Part {
  readonly name: string;
  readonly sdl: string;
  readonly resolvers: Record<string, unknown>;
  readonly url?: string;
}

export interface Federation {
  readonly sdl: string;
  readonly dial: Dial;
  readonly subgraphs: readonly LocalSubgraph[];
}

export function federate(parts: readonly Part[], contextFor: LocalSubgraph['contextFor'] = (request) => request): Federation {
  const documents = parts.map(({ name, sdl, resolvers, url }) => ({ name, url: url ?? `http://${name}.test/graphql`, typeDefs: parse(LINK + sdl), resolvers }));
  const composed = composeServices(documents);
  if (composed.errors !== undefined) throw new Error(composed.errors.map(String).join('\n'));
  const subgraphs = documents.map(({ name, typeDefs, resolvers }) => ({ name, schema: buildSubgraphSchema({ typeDefs, resolvers: resolvers as never }), contextFor }));
  return { sdl: composed.supergraphSdl, dial: inProcess(subgraphs), subgraphs };
}

export const quiet: RouterLogger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export const engineOf = ({ sdl, dial }: Federation, options: Partial<EngineOptions> = {}): Promise<Engine> => makeEngine(sdl, {
  dial, limits: standardLimits, introspection: true, suggestions: true, policies: {}, authorization: true, logger: quiet,
  metrics: routerMetrics(new Registry()), ...options,
});

export const contextOf = (principal: Principal | null = null): RequestContext => ({ principal, token: null, correlationId: 'test' });

export interface Reply {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly path?: readonly (string | number)[]; readonly extensions: Record<string, unknown> }[];
}

export async function ask(engine: Engine, query: string, variables: Record<string, unknown> = {}, principal: Principal | null = null): Promise<Reply> {
  const operation = engine.prepare(query, undefined);
  const coerced = engine.variables(operation, variables);
  const { text } = await engine.execute(await engine.variant(operation, principal, false, coerced), coerced, contextOf(principal));
  return JSON.parse(text) as Reply;
}

export const someone = (...scopes: string[]): Principal => ({
  subject: 'usr_1', kind: 'USER', organizationId: 'org_1', roles: [], scopes: new Set(scopes), tokenId: 'tok_1', expiresAt: Date.now() / 1000 + 3_600,
});

/** Every operation that goes to a subgraph, as `name: text`. */
export function recording({ dial }: Federation, seen: string[]): Dial {
  return (subgraph) => {
    const transport = dial(subgraph);
    return {
      execute(request, context) {
        seen.push(`${subgraph.name}: ${request.query} ${JSON.stringify(request.variables)}`);
        return transport.execute(request, context);
      },
      subscribe: (request, context) => transport.subscribe(request, context),
    };
  };
}
