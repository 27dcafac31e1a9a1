/** One change, followed by its trace through processes: the router, the domain that makes it, the domain that hears of it. */
import { type CollectedSpan, type Collector, otlpCollector } from '@pms/testing/otlp-collector';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { serviceClient } from './support/clients.ts';
import { PATIENCE, type Platform, shapes, startPlatform, STARTS_WITHIN_MS } from './support/platform.ts';
import { SOON } from './support/world.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const CANARY = 'a name that no span may hold';

const steps = (span: CollectedSpan, { wayTo }: Collector): string[] => wayTo(span).map(({ service, name }) => `${service}: ${name}`);

describe.each(shapes)('in the shape of %s', PATIENCE, (shape) => {
  let collector: Collector;
  let platform: Platform;
  beforeAll(async () => {
    collector = await otlpCollector();
    platform = await startPlatform(shape, {
      only: ['auth', 'portfolio', 'trade-capture'], env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: '0', OTEL_RESOURCE_ATTRIBUTES: 'region=test' },
    });
  }, STARTS_WITHIN_MS);
  afterAll(async () => {
    await platform?.stop();
    await collector?.close();
  });

  const here = (service: string): string => (shape === 'one process' ? 'pms' : service);
  const found = (service: string, name: RegExp): CollectedSpan[] => collector.spans.filter((span) => span.traceId === TRACE && span.service === here(service) && name.test(span.name));

  test('a change is one trace, from the request over the subgraph and its statements to what another domain does because of it', async () => {
    const service = serviceClient(platform);
    const answer = await fetch(`${platform.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${(await service.token()) ?? ''}`, traceparent: `00-${TRACE}-${CALLER}-01`, tracestate: 'desk=7' },
      body: JSON.stringify({
        query: 'mutation Open($input: CreatePortfolioInput!) { createPortfolio(input: $input) { portfolio { id } } }',
        variables: { input: { name: CANARY, baseCurrency: 'USD', idempotencyKey: 'traced' } },
      }),
    });
    expect(await answer.json()).toMatchObject({ data: { createPortfolio: { portfolio: { id: expect.stringMatching(/^prt_/) as string } } } });
    const request = [`${here('pms-router')}: POST /graphql`, `${here('pms-router')}: fetch portfolio`, shape === 'one process' ? 'pms: subgraph portfolio' : 'pms-portfolio: POST /graphql'];
    const event = 'portfolio.portfolio-created.v1';
    const [domain, hearer] = [here('pms-portfolio'), here('pms-trade-capture')];

    await vi.waitFor(() => {
      const [heard] = found('pms-trade-capture', /^INSERT trade_capture\.known_portfolio/);
      if (heard === undefined) throw new Error(`not yet: ${collector.spans.map(({ service: at, name }) => `${at}: ${name}`).join(', ')}`);
      expect(steps(heard, collector)).toEqual([...request, `${domain}: send ${event}`, `${hearer}: process ${event}`, `${hearer}: INSERT trade_capture.known_portfolio`]);
    }, SOON);

    const [kept] = found('pms-portfolio', /^INSERT portfolio\.portfolio$/);
    expect(kept === undefined ? [] : steps(kept, collector)).toEqual([...request, `${domain}: INSERT portfolio.portfolio`]);
    expect(kept).toMatchObject({ kind: 3, attributes: { 'db.system.name': 'postgresql', 'db.operation.name': 'INSERT', 'db.namespace': 'portfolio' } });
    expect(found('pms-router', /^POST/)[0]).toMatchObject({ parentSpanId: CALLER, kind: 2, attributes: { 'graphql.operation.name': 'Open', 'graphql.operation.type': 'mutation' } });
    expect(found('pms-router', /^plan$/)).toHaveLength(1);
    expect(new Set(collector.spans.map(({ traceId }) => traceId)), 'nothing else is recorded at a ratio of 0').toEqual(new Set([TRACE]));
    expect(collector.texts.join(''), 'no value of a statement, no variable').not.toContain(CANARY);
    expect(collector.texts.join('')).toContain('"region"');
    await service.close();
  });
});
