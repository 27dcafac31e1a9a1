/** What compiled plans share: the transports, the type hierarchy of the supergraph, and where measurements go. */
import { type GraphQLSchema, isAbstractType } from 'graphql';
import type { Transport } from '../dial/transport.ts';
import type { RouterMetrics } from '../observe.ts';
import type { SupergraphDocument } from '../supergraph/document.ts';
import { interfaceObjects } from '../supergraph/features.ts';
import { namingFor } from './naming.ts';
import type { Environment, Report } from './run.ts';

export function compilableEnvironment({ document, full, api }: SupergraphDocument, transport: (service: string) => Transport, report: Report, metrics: RouterMetrics): Environment {
  const naming = namingFor(document, api);
  const measured = new Map<string, ReturnType<typeof measures>>();
  return {
    transport, naming, interfaceObjects: interfaceObjects(document), isA: hierarchy(full),
    report: (error, service, path, context) => report(error, service, path?.map(naming.clientKey), context),
    fetched(subgraph, seconds, outcome) {
      let known = measured.get(subgraph);
      if (known === undefined) measured.set(subgraph, known = measures(metrics, subgraph));
      known[outcome].inc();
      known.seconds.observe(seconds);
    },
  };
}

/** Looked up by their labels once. */
const measures = ({ fetches, fetchDuration }: RouterMetrics, subgraph: string) => ({
  seconds: fetchDuration.labels({ subgraph }),
  ok: fetches.labels({ subgraph, outcome: 'ok' }), errors: fetches.labels({ subgraph, outcome: 'errors' }), unavailable: fetches.labels({ subgraph, outcome: 'unavailable' }),
});

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
