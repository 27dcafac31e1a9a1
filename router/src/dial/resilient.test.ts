/** What was under way when the breaker opened ends as it would have ended. */
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { routerMetrics } from '../observe.ts';
import { routerSettings } from '../settings.ts';
import { resilient } from './resilient.ts';
import { sharedReads } from './shared-reads.ts';
import { NoAnswer, type SubgraphResult } from './transport.ts';

test('an answer that comes after the breaker has opened is given, and a failure stays what it was', async () => {
  const { subgraphs: settings } = routerSettings.parse({ subgraphs: { all: { shareReads: false, retries: { max: 0 }, breaker: { failures: 2, openMs: 60_000 } } } });
  const metrics = routerMetrics(new Registry());
  const shared = sharedReads<SubgraphResult>({ another: (result) => result, joined: () => {} });
  const held = new Map<string, PromiseWithResolvers<SubgraphResult>>();
  const execute = ({ query }: { readonly query: string }): Promise<SubgraphResult> => {
    const one = Promise.withResolvers<SubgraphResult>();
    held.set(query, one);
    return one.promise;
  };
  const dial = resilient(() => ({ execute, subscribe: () => Promise.reject(new Error('none')) }), { settings, metrics, shared, changed: () => {} });
  const transport = dial({ name: 'one', url: 'http://one.test' });
  const ask = (query: string): Promise<SubgraphResult> => transport.execute({ query, kind: 'query' }, { principal: null, token: null, correlationId: 'test' });
  const [slow, late, ...failing] = ['slow', 'late', 'first', 'second'].map((query) => ask(query));
  for (const name of ['first', 'second']) held.get(name)?.reject(new NoAnswer('gone'));
  for (const one of failing) await expect(one).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE', details: { cause: 'gone' } });
  await expect(ask('third')).rejects.toMatchObject({ details: { cause: 'it is not asked while it is down' } });
  held.get('slow')?.resolve({ data: { here: true } });
  expect(await slow).toEqual({ data: { here: true } });
  held.get('late')?.reject(new NoAnswer('gone too'));
  await expect(late).rejects.toMatchObject({ details: { cause: 'gone too' } });
});
