/** What a subgraph that fails costs its callers, and what it is spared: time-outs, retries, breaker, bulkhead, bounds. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inProcess } from '../src/dial/in-process.ts';
import { settingsOfSubgraph } from '../src/dial/settings.ts';
import { routerSettings } from '../src/settings.ts';
import { federate } from './federation.ts';
import { asking, guarded, type Guarded, reading, refusal } from './guarded.ts';
import { type Remote, serveRemotely } from './remote.ts';
import { bell, shop as partsOf, until } from './shop.ts';

const [stockSubgraph] = federate(partsOf(bell())).subgraphs;
const query = reading('{ product(id: 2) { name } }');
const answer = { data: { product: { name: 'product 2' } } };

let stock: Remote;
const open: (() => unknown)[] = [];
beforeEach(async () => {
  stock = await serveRemotely(stockSubgraph!);
  open.push(() => stock.close());
});
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const through = (...[all, dial]: [Parameters<typeof guarded>[1], Parameters<typeof guarded>[2]?]): Guarded => {
  const made = guarded(stock.url, all, dial);
  open.push(() => made.close());
  return made;
};
const failing = (status: number, headers: Record<string, string> = {}): Remote['interfere'] => (_, response) => {
  response.writeHead(status, headers).end('busy');
  return true;
};
const once = (interfere: Remote['interfere']): Remote['interfere'] => {
  let due = true;
  return (...arrived) => {
    const now = due;
    due = false;
    return now && interfere(...arrived);
  };
};

describe('a read', () => {
  test('that finds a server busy is sent again when the server wants it', async () => {
    stock.interfere = once(failing(503, { 'retry-after': '0.02' }));
    const { transport, metric } = through({ retries: { delayMs: 1, delayMsMax: 50 } });
    expect(await transport.execute(query, asking())).toEqual(answer);
    expect([stock.requests.length, await metric(/retries_total\{subgraph="stock"\}/)]).toEqual([2, 1]);
  });

  test('is not sent again when the server wants a longer wait than is allowed: the client is told', async () => {
    stock.interfere = failing(429, { 'retry-after': '7' });
    const { transport } = through({ retries: { delayMs: 1, delayMsMax: 50 } });
    expect(await refusal(transport.execute(query, asking()))).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE', retryAfterMs: 7_000 });
    expect(stock.requests).toHaveLength(1);
  });

  test('is sent again only within the budget, so that a failing subgraph gets little more than its load', async () => {
    stock.interfere = failing(503);
    const { transport } = through({ retries: { max: 3, delayMs: 1, delayMsMax: 2, budgetRatio: 0.1, budgetMax: 4 }, breaker: { by: 'off' } });
    for (let index = 0; index < 40; index += 1) await refusal(transport.execute(query, asking()));
    expect(stock.requests.length).toBeGreaterThan(40);
    expect(stock.requests.length).toBeLessThanOrEqual(40 + 4 + 4);
  });

  test('that is answered late, or drop by drop, ends at the time-out and is not sent again', async () => {
    let stopped = 0;
    stock.interfere = (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{');
      const drops = setInterval(() => response.write(' '), 5);
      request.socket.once('close', () => {
        clearInterval(drops);
        stopped += 1;
      });
      return true;
    };
    const { transport } = through({ timeoutMs: 60 });
    expect(await refusal(transport.execute(query, asking()))).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE', cause: 'no answer within 60 ms' });
    await until(() => stopped === 1);
    expect(stock.requests).toHaveLength(1);
  });

  test('in process ends at the time-out too', async () => {
    const { transport } = through({ timeoutMs: 30 }, inProcess([stockSubgraph!]));
    expect(await refusal(transport.execute(reading('{ slow }'), asking()))).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE', cause: 'no answer within 30 ms' });
  });

  test.each([['with its length said', true], ['in chunks', false]])('whose answer is larger than allowed ends there, %s', async (_, said) => {
    stock.interfere = (_request, response) => {
      const text = JSON.stringify({ data: { product: { name: 'x'.repeat(5_000) } } });
      response.writeHead(200, { 'content-type': 'application/json', ...(said ? { 'content-length': text.length } : {}) });
      for (let from = 0; from < text.length; from += 500) response.write(text.slice(from, from + 500));
      response.end();
      return true;
    };
    const { transport } = through({ responseBytesMax: 2_000 });
    expect(await refusal(transport.execute(query, asking()))).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE', cause: 'the answer is larger than 2000 bytes' });
  });
});

test('a mutation has a time-out of its own and is never sent again', async () => {
  stock.interfere = failing(503);
  const { transport } = through({ timeoutMs: 1, mutationTimeoutMs: 20_000 });
  expect(await refusal(transport.execute({ query: 'mutation { first }', kind: 'mutation' }, asking()))).toMatchObject({ cause: 'status 503 and no GraphQL' });
  expect(stock.requests).toHaveLength(1);
});

describe('a breaker', () => {
  const settings = { retries: { max: 0 }, shareReads: false } as const;
  const openGauge = /breaker_open\{subgraph="stock"\}/;

  test.each([
    ['after failures in a row', { by: 'consecutive', failures: 3, openMs: 200 }],
    ['when too many of the last while failed', { by: 'sampling', ratio: 0.5, sampleMs: 10_000, requestsPerSecondMin: 0, openMs: 200 }],
  ] as const)('opens %s, says so, lets probes through, and closes when they are answered', async (_, breaker) => {
    stock.interfere = failing(500);
    const { transport, metric } = through({ ...settings, breaker });
    await until(async () => ((await refusal(transport.execute(query, asking()))) as { cause?: string }).cause === 'it is not asked while it is down');
    expect(await metric(openGauge)).toBe(1);
    const asked = stock.requests.length;
    expect(await refusal(transport.execute(query, asking()))).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE', retryAfterMs: 200 });
    expect(stock.requests).toHaveLength(asked);
    stock.interfere = () => false;
    await until(async () => (await transport.execute(query, asking()).catch(() => null)) !== null);
    expect(await metric(openGauge)).toBe(0);
  });

  test('is not moved by errors in answers, nor by clients that go away', async () => {
    const { transport, metric } = through({ ...settings, breaker: { failures: 1 } });
    expect((await transport.execute(reading('{ refused }'), asking())).errors).toHaveLength(1);
    stock.interfere = () => true;
    const gone = new AbortController();
    const asked = refusal(transport.execute(query, asking(null, gone.signal)));
    await until(() => stock.requests.length === 2);
    gone.abort(new Error('gone'));
    expect(await asked).toEqual(new Error('gone'));
    expect(await metric(openGauge)).toBe(0);
  });

  test('is not closed by a probe whose client goes away', async () => {
    stock.interfere = failing(500);
    const { transport, metric } = through({ ...settings, breaker: { failures: 1, openMs: 1 } });
    await refusal(transport.execute(query, asking()));
    let end = (): void => {};
    stock.interfere = (_, response) => {
      end = () => void response.writeHead(500).end();
      return true;
    };
    const gone = new AbortController();
    const probes = stock.requests.length;
    const probe = until(async () => {
      void refusal(transport.execute(query, asking(null, gone.signal)));
      return stock.requests.length > probes;
    });
    await probe;
    gone.abort(new Error('gone'));
    end();
    expect(await metric(openGauge)).toBe(1);
  });
});

describe('a bulkhead', () => {
  const settings = { bulkhead: { concurrentMax: 1, queueMax: 1 }, shareReads: false } as const;

  test.each([['over HTTP', false], ['in process', true]])('refuses who finds the queue full, and says when to come back: %s', async (_, local) => {
    const gone = new AbortController();
    stock.interfere = (_request, _response, asked) => asked.includes('slow');
    const { transport, metric } = local ? through(settings, inProcess([stockSubgraph!])) : through(settings);
    const first = refusal(transport.execute(reading('{ slow }'), asking(null, gone.signal)));
    const second = transport.execute(query, asking());
    expect(await refusal(transport.execute(query, asking()))).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE', retryAfterMs: 1_000 });
    expect(await metric(/bulkhead_running\{subgraph="stock"\}/)).toBe(1);
    expect(await metric(/bulkhead_waiting\{subgraph="stock"\}/)).toBe(1);
    gone.abort(new Error('gone'));
    await first;
    expect(await second).toEqual(answer);
    expect(await metric(/bulkhead_refused_total\{subgraph="stock"\}/)).toBe(1);
  });

  test('gives the place of one who went away while waiting to the next', async () => {
    stock.interfere = () => true;
    const { transport } = through(settings);
    const stay = new AbortController();
    const gone = new AbortController();
    const first = refusal(transport.execute(query, asking(null, stay.signal)));
    const second = refusal(transport.execute(query, asking(null, gone.signal)));
    gone.abort(new Error('gone'));
    expect(await second).toEqual(new Error('gone'));
    const third = transport.execute(query, asking());
    await until(() => stock.requests.length === 1);
    stock.interfere = () => false;
    stay.abort(new Error('done'));
    await first;
    expect(await third).toEqual(answer);
  });
});

describe('settings of subgraphs', () => {
  test('by name go before those of all, setting by setting', () => {
    const { subgraphs } = routerSettings.parse({ subgraphs: { all: { timeoutMs: 5, retries: { max: 1 } }, byName: { stock: { retries: { delayMs: 7 } } } } });
    expect(subgraphs.byName['stock']?.retries).toEqual({ delayMs: 7 });
    expect(settingsOfSubgraph(subgraphs, 'stock')).toMatchObject({ timeoutMs: 5, retries: { max: 1, delayMs: 7, delayMsMax: 500 } });
    expect(settingsOfSubgraph(subgraphs, 'constructor')).toMatchObject({ timeoutMs: 5, retries: { max: 1, delayMs: 50 } });
  });

  test('that do not exist, or pass on what may not be, are refused by name', () => {
    const refused = (all: object): string => routerSettings.safeParse({ subgraphs: { all } }).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join() ?? '';
    expect(refused({ timeout: 5 })).toMatch(/subgraphs\.all: .*"timeout"/);
    expect(refused({ headers: { pass: ['Authorization'] } })).toMatch(/subgraphs\.all\.headers\.pass\.0: is a header/);
  });
});
