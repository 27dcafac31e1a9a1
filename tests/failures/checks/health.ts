/** After all that the platform takes new work, and brings it to its end. */
import { asking, insist } from '../load/asking.ts';
import { CAPTURE, type Done } from '../load/documents.ts';
import type { Violation } from '../load/recorded.ts';
import { until } from '../support/until.ts';
import type { Check } from './subject.ts';

const ARRIVES_MS_MAX = 180_000;

export const takesNewWork: Check = {
  name: 'new writes succeed and come to their end',
  async find({ cluster, load }) {
    const example = load.history.writes.find(({ kind, outcome, key }) => kind === 'createPortfolio' && outcome === 'acknowledged' && key.endsWith('-trading'));
    if (example === undefined) return [{ name: 'no write was acknowledged', detail: 'not even the portfolios of the load' }];
    const client = asking(cluster.url);
    const end = performance.now() + ARRIVES_MS_MAX;
    const instruments = await client.ask<{ instruments: { edges: { node: { id: string } }[] } }>('{ instruments(first: 1) { edges { node { id } } } }', {});
    const instrumentId = instruments.end === 'answered' ? instruments.data.instruments.edges[0]?.node.id : undefined;
    const { answer } = await insist(() => client.ask<Done>(CAPTURE, {
      input: { portfolioId: example.object, instrumentId, side: 'BUY', quantity: '1', price: '100.00', currency: 'USD', tradeDate: load.day, externalId: 'afterwards' },
    }), () => performance.now() > end);
    const id = answer.end === 'answered' ? answer.data.done.made?.id : undefined;
    if (id === undefined) return [{ name: 'a new trade is not captured', detail: JSON.stringify(answer) }];
    return until('the new trade is booked', ARRIVES_MS_MAX, async () => {
      const read = await client.ask<{ trade: { status: string } | null }>('query($id: ID!) { trade(id: $id) { status } }', { id });
      return read.end === 'answered' && ['BOOKED', 'SETTLED'].includes(read.data.trade?.status ?? '');
    }).then((): Violation[] => [], (error: unknown) => [{ name: 'a new trade is not booked', detail: error instanceof Error ? error.message : String(error) }]);
  },
};
