/** Stock Apollo Gateway over the same subgraphs, in this process: what the router is compared with beside the judge. */
import { ApolloGateway } from '@apollo/gateway';
import { parse } from 'graphql';
import { contextOf, type Federation, type Reply } from '../federation.ts';
import type { RandomOperation } from './operations.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export interface StockGateway {
  /** `null` when it cannot plan the operation, or its plan fails. */
  ask(operation: RandomOperation): Promise<Reply | null>;
  stop(): Promise<void>;
}

export async function stockGateway({ sdl, dial }: Federation): Promise<StockGateway> {
  const gateway = new ApolloGateway({
    supergraphSdl: sdl, logger: silent,
    buildService({ name, url }) {
      const transport = dial({ name, url: url ?? '' });
      return {
        async process({ request: { query = '', operationName, variables } }) {
          const given = { query, variables: variables ?? {}, ...(operationName === undefined ? {} : { operationName }) };
          return transport.execute(given, contextOf());
        },
      };
    },
  });
  const { schema, executor } = await gateway.load();
  return {
    async ask({ query, variables }) {
      const context = {
        request: { query, variables }, document: parse(query), operationName: 'Random', schema, queryHash: query, source: query, context: {}, logger: silent,
        metrics: {}, cache: new Map(), overallCachePolicy: {},
      };
      try {
        return JSON.parse(JSON.stringify(await executor(context as never))) as Reply;
      } catch {
        return null;
      }
    },
    stop: () => gateway.stop(),
  };
}
