/** The same router over subgraphs that are processes of their own: headers, failures, subscriptions. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createClient } from 'graphql-ws';
import { overHttp } from '../src/dial/over-http.ts';
import { supergraphText } from '../src/supergraph/source.ts';
import { federate } from './federation.ts';
import { type Remote, serveRemotely } from './remote.ts';
import { bell, openShop, type Shop, shop as partsOf, until } from './shop.ts';

let stock: Remote;
let prices: Remote;
let shop: Shop;
const bells = bell();
const parts = partsOf(bells);
const local = federate(parts).subgraphs;
const open: (() => unknown)[] = [];

beforeEach(async () => {
  const http = overHttp();
  [stock, prices] = await Promise.all([serveRemotely(local[0]!), serveRemotely(local[1]!)]);
  const { sdl } = federate(parts.map((part) => ({ ...part, url: (part.name === 'stock' ? stock : prices).url })));
  shop = await openShop({ supergraph: supergraphText(sdl), dial: http.dial });
  open.push(() => prices.close(), () => stock.close(), () => http.close(), () => shop.router.close());
});
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const query = '{ product(id: 2) { name price } }';

describe('requests', () => {
  test('carry who asks and under which id', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect(await shop.ask(query, { authorization: 'Bearer buyer', 'x-correlation-id': 'trail-0001', traceparent })).toEqual({ data: { product: { name: 'product 2', price: 200 } } });
    for (const remote of [stock, prices])
      expect(remote.requests[0]?.headers).toMatchObject({ authorization: 'Bearer buyer', 'x-correlation-id': 'trail-0001', traceparent });
  });

  test('of a read are sent again when the connection breaks, of a mutation never', async () => {
    let breaks = 1;
    stock.interfere = (request) => {
      if (breaks === 0) return false;
      breaks -= 1;
      request.socket.destroy();
      return true;
    };
    expect(await shop.ask(query)).toMatchObject({ data: { product: { name: 'product 2' } } });
    expect(stock.requests).toHaveLength(2);
    breaks = 1;
    const { errors } = await shop.ask('mutation { first }');
    expect([errors?.[0]?.extensions['code'], stock.requests.length]).toEqual(['SUBGRAPH_UNAVAILABLE', 3]);
  });

  test('that get no GraphQL back are an error without what came back', async () => {
    prices.interfere = (_, response) => {
      response.writeHead(500, { 'content-type': 'text/html' }).end('<h1>stack trace of the proxy</h1>');
      return true;
    };
    const reply = await shop.ask(query);
    expect(reply.data).toEqual({ product: { name: 'product 2', price: null } });
    expect(reply.errors).toEqual([{ message: 'prices did not answer', path: ['product'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }]);
  });

  test('answered with an error and a status of failure still say the error', async () => {
    prices.interfere = (_, response) => {
      response.writeHead(403, { 'content-type': 'application/json' }).end('{"errors":[{"message":"not yours","extensions":{"code":"FORBIDDEN"}}]}');
      return true;
    };
    expect((await shop.ask(query)).errors).toMatchObject([{ message: 'not yours', extensions: { code: 'FORBIDDEN' } }]);
  });

  test('end when the client goes away', async () => {
    let ended = false;
    stock.interfere = (request) => {
      request.socket.on('close', () => {
        ended = true;
      });
      return true;
    };
    const gone = new AbortController();
    const asked = fetch(`${shop.router.url}/graphql`, { method: 'POST', signal: gone.signal, body: JSON.stringify({ query }), headers: { 'content-type': 'application/json' } });
    asked.catch(() => {});
    await until(() => stock.requests.length > 0);
    gone.abort();
    await until(() => ended);
  });
});

test('a subgraph that is down is told, what others say is there, and it is asked again when it is back', async () => {
  prices.interfere = (request) => {
    request.socket.destroy();
    return true;
  };
  for (let attempt = 0; attempt < 6; attempt += 1) expect((await shop.ask(query)).data).toEqual({ product: { name: 'product 2', price: null } });
  const asked = prices.requests.length;
  expect(asked).toBeLessThan(18); // the breaker has opened: it is left alone
  prices.interfere = () => false;
  await until(async () => (await shop.ask(query)).errors === undefined);
}, 30_000);

describe('subscriptions', () => {
  const events = () => {
    const client = createClient({ url: `${shop.router.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, connectionParams: { authorization: 'Bearer buyer' }, retryAttempts: 0 });
    open.push(() => client.dispose());
    return client.iterate({ query: 'subscription { productChanged { name price } }' });
  };

  test('go upstream with the token, and their events are completed by others', async () => {
    const iterator = events();
    const first = iterator.next();
    await until(() => bells.listeners('productChanged') === 1);
    expect(stock.connections).toMatchObject([{ authorization: 'Bearer buyer', correlationId: expect.any(String) as string }]);
    bells.ring('productChanged', { productChanged: { id: 3, name: 'p3' } });
    expect((await first).value).toEqual({ data: { productChanged: { name: 'p3', price: 300 } } });
    await iterator.return?.();
    await until(() => bells.listeners('productChanged') === 0);
  });

  test('end with an error that says what may be missing when the connection upstream is lost', async () => {
    const iterator = events();
    const first = iterator.next();
    await until(() => bells.listeners('productChanged') === 1);
    stock.dropConnections();
    await expect(first).rejects.toMatchObject([{ extensions: { code: 'SUBSCRIPTION_INTERRUPTED' } }]);
  });
});
