/** What compiled plans share: the transports, the type hierarchy of the supergraph, and where measurements go. */
import { type GraphQLSchema, isAbstractType } from 'graphql';
import type { Transport } from '../dial/transport.ts';
import type { RouterMetrics } from '../observe.ts';
import type { Environment, Report } from './run.ts';

export function compilableEnvironment(full: GraphQLSchema, transport: (service: string) => Transport, report: Report, metrics: RouterMetrics): Environment {
  return {
    transport, report, isA: hierarchy(full),
    fetched(subgraph, seconds, outcome) {
      metrics.fetches.inc({ subgraph, outcome });
      metrics.fetchDuration.observe({ subgraph }, seconds);
    },
  };
}

function hierarchy(full: GraphQLSchema): Environment['isA'] {
  const possible = new Map<string, ReadonlySet<string>>();
  const possibleOf = (condition: string): ReadonlySet<string> => {
    const type = full.getType(condition);
    return new Set(isAbstractType(type) ? full.getPossibleTypes(type).map(({ name }) => name) : [condition]);
  };
  return (typename, condition) => {
    if (typename === condition) return true;
    let names = possible.get(condition);
    if (names === undefined) possible.set(condition, names = possibleOf(condition));
    return names.has(typename);
  };
}
