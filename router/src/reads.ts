/** Puts together what stands between an operation and the subgraphs: equal reads shared, subgraphs guarded. */
import { resilient } from './dial/resilient.ts';
import { sharedReads } from './dial/shared-reads.ts';
import type { Dial, SubgraphResult } from './dial/transport.ts';
import { copy } from './execution/merge.ts';
import type { Data } from './execution/run.ts';
import type { RouterMetrics } from './observe.ts';
import { type Answering, running, sharedOperations } from './operation/sharing.ts';
import type { RouterSettings } from './settings.ts';

export interface Reads {
  readonly dial: Dial;
  readonly answer: Answering;
}

export function readsThrough(dial: Dial, { subgraphs }: RouterSettings, metrics: RouterMetrics): Reads {
  const fetches = sharedReads<SubgraphResult>({ another: copied, joined: () => metrics.shared.inc({ level: 'subgraph' }) });
  const operations = sharedOperations(running, metrics);
  const changed = (): void => {
    fetches.changed();
    operations.changed();
  };
  // A whole operation may ask any subgraph, so that one that does not share keeps all operations apart.
  const shareable = [subgraphs.all, ...Object.values(subgraphs.byName)].every(({ shareReads }) => shareReads !== false);
  return { dial: resilient(dial, { settings: subgraphs, metrics, shared: fetches, changed }), answer: shareable ? operations.answer : running };
}

/** What comes of a fetch is put into the response, and changed there by later ones. */
const copied = (result: SubgraphResult): SubgraphResult => (result.data == null ? { ...result } : { ...result, data: copy(result.data) as Data });
