/** Composes the subgraphs into schema/supergraph.graphql, and writes the schema that clients see to schema/api.graphql. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Graphql from 'graphql';
import type { DocumentNode, GraphQLError } from 'graphql';
import { Refused, type Task } from './task.ts';
import { root } from './workspace.ts';

const PORT_IN_CLUSTER = 4001;

/** Loaded only when something is composed: it takes a third of a second. */
const require = createRequire(import.meta.url);

export interface NamedSdl {
  readonly name: string;
  readonly sdl: string;
}

interface Composed {
  readonly errors?: readonly GraphQLError[];
  readonly supergraphSdl?: string;
  readonly schema?: { toAPISchema(): { toGraphQLJSSchema(): unknown } };
}
interface Composer {
  composeServices(services: readonly { name: string; url: string; typeDefs: DocumentNode }[]): Composed;
}

/** "[portfolio] text" → portfolio; errors that span several subgraphs come under "all". */
function bySubgraph(errors: readonly GraphQLError[]): string {
  const groups = Map.groupBy(errors, ({ message }) => /^\[([^\]]+)\]/.exec(message)?.[1] ?? 'between subgraphs');
  return [...groups]
    .map(([name, group]) => `  ${name}\n${group.map(({ message, extensions }) => `    ${JSON.stringify(extensions['code'])}: ${message}`).join('\n')}`)
    .join('\n');
}

function parsed(services: readonly NamedSdl[]): { name: string; url: string; typeDefs: DocumentNode }[] {
  const { parse } = require('graphql') as typeof Graphql;
  const refused: string[] = [];
  const documents = services.flatMap(({ name, sdl }) => {
    try {
      return [{ name, url: `http://${name}.pms.svc:${PORT_IN_CLUSTER}/graphql`, typeDefs: parse(sdl) }];
    } catch (error) {
      refused.push(`  ${name}\n    ${String(error)}`);
      return [];
    }
  });
  if (refused.length > 0) throw new Refused(`the subgraphs do not parse\n${refused.join('\n')}`);
  return documents;
}

/** The supergraph, and what clients see of it. Throws Refused with every error under its subgraph. */
export function composed(services: readonly NamedSdl[]): { supergraph: string; api: string } {
  const { composeServices } = require('@apollo/composition') as Composer;
  const { printSchema, lexicographicSortSchema } = require('graphql') as typeof Graphql;
  const result = composeServices(parsed(services));
  if (result.supergraphSdl === undefined || result.schema === undefined) throw new Refused(`the subgraphs do not compose\n${bySubgraph(result.errors ?? [])}`);
  const api = result.schema.toAPISchema().toGraphQLJSSchema() as Parameters<typeof printSchema>[0];
  return { supergraph: `${result.supergraphSdl.trim()}\n`, api: `${printSchema(lexicographicSortSchema(api)).trim()}\n` };
}

export const supergraphFile = join(root, 'schema/supergraph.graphql');
export const apiFile = join(root, 'schema/api.graphql');

export function composition(services: readonly NamedSdl[]): Task {
  return {
    name: 'composition',
    inputs: services.flatMap(({ name, sdl }) => [name, sdl]),
    committed: true,
    run() {
      const { supergraph, api } = composed(services);
      return Promise.resolve([
        { file: supergraphFile, text: supergraph },
        { file: apiFile, text: api },
      ]);
    },
  };
}
