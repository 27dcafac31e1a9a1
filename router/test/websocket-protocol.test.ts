/** The sub-protocol graphql-transport-ws to the letter, spoken by hand: what a client may say, and how the server ends what it may not. */
import { forbidden } from '@pms/errors';
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { inProcess } from '../src/dial/in-process.ts';
import { parseMessage } from '../src/subscriptions/messages.ts';
import { openShop, type Shop, until } from './shop.ts';
import { talk, type Talk, welcomed } from './talk.ts';

const PER_CONNECTION_MAX = 60;
let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ settings: { subscriptions: { messageBytesMax: 5_000, perConnectionMax: PER_CONNECTION_MAX } } });
});
afterAll(() => shop.router.close());

const talks: Talk[] = [];
afterEach(() => {
  for (const { socket } of talks.splice(0)) socket.terminate();
});
const opened = async (options: Parameters<typeof talk>[1] = {}): Promise<Talk> => {
  const one = await talk(shop, options);
  talks.push(one);
  return one;
};
const ready = async (payload?: object): Promise<Talk> => {
  const one = await welcomed(shop, payload);
  talks.push(one);
  return one;
};

const INIT = { type: 'connection_init' };
const CHANGES = 'subscription { productChanged { name } }';
const subscribe = (id: string, query: string, more: object = {}): object => ({ id, type: 'subscribe', payload: { query, ...more } });
const ringing = (id: number): void => shop.bells.ring('productChanged', { productChanged: { id, name: `p${id}` } });
const listeners = (count: number): Promise<void> => until(() => shop.bells.listeners('productChanged') === count);

describe('a message that is none', () => {
  test.each([
    'not json', '', '7', 'null', '[]', '"text"', '{}', '{"type":7}', '{"type":"unknown"}', '{"type":"next","id":"1","payload":{}}', '{"type":"connection_ack"}', '{"type":"error","id":"1"}',
    '{"type":"connection_init","payload":[]}', '{"type":"connection_init","payload":"token"}', '{"type":"ping","payload":7}', '{"type":"pong","payload":"x"}',
    '{"type":"subscribe","payload":{"query":"{ __typename }"}}', '{"type":"subscribe","id":"","payload":{"query":"{ __typename }"}}', '{"type":"subscribe","id":7,"payload":{"query":"{ __typename }"}}',
    '{"type":"subscribe","id":"1"}', '{"type":"subscribe","id":"1","payload":[]}', '{"type":"subscribe","id":"1","payload":{}}', '{"type":"subscribe","id":"1","payload":{"query":7}}',
    '{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":[]}}', '{"type":"subscribe","id":"1","payload":{"query":"{a}","operationName":7}}', '{"type":"subscribe","id":"1","payload":{"query":"{a}","extensions":"x"}}',
    '{"type":"complete"}', '{"type":"complete","id":""}', '{"type":"complete","id":{}}',
  ])('closes with 4400: %s', async (text) => {
    const one = await opened();
    one.say(text);
    expect((await one.closed)[0]).toBe(4400);
  });

  test('closes with 4400 when it is binary, even if it would be one as text', async () => {
    const one = await opened();
    one.socket.send(Buffer.from(JSON.stringify(INIT)));
    expect(await one.closed).toEqual([4400, 'text frames only']);
  });

  test('that follows the one which closed is not heard', async () => {
    const one = await ready();
    one.say('not json');
    one.say(subscribe('1', CHANGES));
    expect((await one.closed)[0]).toBe(4400);
    expect(shop.bells.listeners('productChanged')).toBe(0);
  });

  test('null is as absent, and an empty payload is one', () => {
    expect(parseMessage('{"type":"ping","payload":null}')).toEqual({ type: 'ping' });
    expect(parseMessage('{"type":"ping","payload":{}}')).toEqual({ type: 'ping', payload: {} });
    expect(parseMessage('{"type":"subscribe","id":"1","payload":{"query":"{a}","operationName":null,"variables":null,"extensions":null},"more":1}'))
      .toEqual({ type: 'subscribe', id: '1', payload: { query: '{a}' } });
  });
});

describe('the way in', () => {
  test('without the sub-protocol closes with 4406', async () => {
    expect((await (await opened({ protocols: [] })).closed)[0]).toBe(4406);
  });

  test('is no way in at another path', async () => {
    const socket = new WebSocket(`${shop.router.url.replace('http', 'ws')}/graphqlx`, 'graphql-transport-ws');
    const status = new Promise((resolve) => void socket.on('unexpected-response', (_, response) => resolve(response.statusCode)));
    expect(await status).toBe(404);
  });

  test('without connection_init in time closes with 4408, with it stays open', async () => {
    const impatient = await openShop({ settings: { subscriptions: { initMsMax: 250 } } });
    const early = await welcomed(impatient);
    const late = await talk(impatient);
    expect(await late.closed).toEqual([4408, 'Connection initialisation timeout']);
    early.say({ type: 'ping' });
    expect(await early.heard()).toEqual({ type: 'pong' });
    early.socket.terminate();
    await impatient.router.close();
  });

  test('with an operation before connection_ack closes with 4401', async () => {
    const one = await opened();
    one.say(subscribe('1', '{ __typename }'));
    expect(await one.closed).toEqual([4401, 'Unauthorized']);
    const hasty = await opened();
    hasty.say(INIT);
    hasty.say(subscribe('1', '{ __typename }'));
    expect((await hasty.closed)[0]).toBe(4401);
  });

  test('said twice closes with 4429, after the acknowledgement and before it', async () => {
    const one = await ready();
    one.say(INIT);
    expect(await one.closed).toEqual([4429, 'Too many initialisation requests']);
    const hasty = await opened();
    hasty.say(INIT);
    hasty.say(INIT);
    expect((await hasty.closed)[0]).toBe(4429);
  });

  test('says by its code why it is closed: who it is, what it may, or a fault of the server', async () => {
    const codeFor = async (token: string): Promise<number> => {
      const one = await talk(guarded);
      one.say({ ...INIT, payload: { Authorization: `Bearer ${token}` } });
      return (await one.closed)[0];
    };
    const guarded = await openShop({ authenticate: async (authorization) => {
      if (authorization === 'Bearer barred') throw forbidden('not you');
      throw new Error('the keys are gone');
    } });
    expect(await codeFor('barred')).toBe(4403);
    expect(await codeFor('anyone')).toBe(4500);
    const one = await opened();
    one.say({ ...INIT, payload: { authorization: 'Bearer nobody' } });
    expect((await one.closed)[0]).toBe(4401);
    await guarded.router.close();
  });
});

describe('pings', () => {
  test('are answered with what they carried, before connection_init too', async () => {
    const one = await opened();
    one.say({ type: 'ping', payload: { at: [1, { deep: true }] } });
    expect(await one.heard()).toEqual({ type: 'pong', payload: { at: [1, { deep: true }] } });
    one.say({ type: 'pong', payload: { unasked: true } });
    one.say({ type: 'ping' });
    expect(await one.heard()).toEqual({ type: 'pong' });
  });

  test('of the server end a connection whose other side says nothing', async () => {
    const pinging = await openShop({ settings: { subscriptions: { heartbeatMs: 50 } } });
    const silent = new WebSocket(`${pinging.router.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { autoPong: false });
    let pings = 0;
    silent.on('ping', () => {
      pings += 1;
    });
    silent.once('open', () => silent.send(JSON.stringify(INIT)));
    expect(await new Promise((resolve) => void silent.once('close', resolve))).toBe(1006);
    expect(pings).toBeGreaterThan(0);
    await pinging.router.close();
  });
});

describe('an operation', () => {
  test('that is not valid is an error, not a next, and frees its id', async () => {
    const one = await ready();
    for (const query of ['{', '{ nothing }', 'subscription { productChanged { nothing } }', 'query A { __typename } query B { __typename }']) {
      one.say(subscribe('1', query));
      const { payload, ...rest } = await one.heard();
      expect(rest).toEqual({ id: '1', type: 'error' });
      expect(payload).toMatchObject([{ message: expect.any(String) as string }]);
    }
    one.say(subscribe('1', 'query ($id: ID!) { product(id: $id) { name } }'));
    expect(await one.heard()).toMatchObject({ id: '1', type: 'error', payload: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });

  test('that ends with errors of its own is a next with them, then complete', async () => {
    const one = await ready();
    one.say(subscribe('1', '{ refused product(id: 1) { name } }'));
    expect(await one.heard()).toMatchObject({ id: '1', type: 'next', payload: { data: { refused: null, product: { name: 'product 1' } }, errors: [{ path: ['refused'], extensions: { code: 'UNAUTHENTICATED' } }] } });
    expect(await one.heard()).toEqual({ id: '1', type: 'complete' });
  });

  test('may be a mutation, have variables and a name, and be persisted', async () => {
    const one = await ready();
    one.say(subscribe('m', 'mutation { second first }'));
    expect(await one.heard()).toEqual({ id: 'm', type: 'next', payload: { data: { second: 2, first: 1 } } });
    expect(await one.heard()).toEqual({ id: 'm', type: 'complete' });
    one.say(subscribe('v', 'query A { __typename } query B($id: ID!) { product(id: $id) { price } }', { operationName: 'B', variables: { id: '3' } }));
    expect(await one.heard()).toEqual({ id: 'v', type: 'next', payload: { data: { product: { price: 300 } } } });
    await one.heard();
    const query = '{ product(id: 2) { name } }';
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } };
    one.say({ id: 'p', type: 'subscribe', payload: { extensions } });
    expect(await one.heard()).toMatchObject({ id: 'p', type: 'error', payload: [{ message: 'PersistedQueryNotFound' }] });
    one.say(subscribe('p', query, { extensions }));
    await one.heard();
    await one.heard();
    one.say({ id: 'p', type: 'subscribe', payload: { extensions } });
    expect(await one.heard()).toEqual({ id: 'p', type: 'next', payload: { data: { product: { name: 'product 2' } } } });
  });

  test('under an id that is in use closes with 4409, however long the id', async () => {
    for (const id of ['1', 'ü'.repeat(300)]) {
      const one = await ready();
      one.say(subscribe(id, CHANGES));
      one.say(subscribe(id, '{ __typename }'));
      const [code, reason] = await one.closed;
      expect(code).toBe(4409);
      expect(reason).toMatch(/^Subscriber for /);
    }
    await listeners(0);
  });

  test('that the client completes stops at its source and frees its id at once', async () => {
    const one = await ready();
    one.say(subscribe('1', CHANGES));
    await listeners(1);
    one.say({ id: '1', type: 'complete' });
    one.say(subscribe('1', 'subscription { tick(of: "A") { price } }'));
    await listeners(0);
    await until(() => shop.bells.listeners('tick') === 1);
    ringing(1);
    shop.bells.ring('tick', { tick: { of: 'A', price: 1 } });
    expect(await one.heard()).toEqual({ id: '1', type: 'next', payload: { data: { tick: { price: 1 } } } });
  });

  test('that the client completes before it was opened is not opened, and an unknown id is no fault', async () => {
    const one = await ready();
    one.say({ id: 'unknown', type: 'complete' });
    one.say(subscribe('1', CHANGES));
    one.say({ id: '1', type: 'complete' });
    one.say(subscribe('2', '{ __typename }'));
    expect(await one.heard()).toMatchObject({ id: '2', type: 'next' });
    await listeners(0);
  });

  test('is answered once under its id, which can be used again in the moment that complete is heard', async () => {
    const one = await ready();
    let rounds = 0;
    one.socket.on('message', (data) => {
      if (!(data as Buffer).toString().includes('"complete"')) return;
      rounds += 1;
      if (rounds < 50) one.say(subscribe('same', '{ __typename }'));
    });
    one.say(subscribe('same', '{ __typename }'));
    await until(() => rounds === 50);
    expect(one.socket.readyState).toBe(WebSocket.OPEN);
  });

  test('is one of many at once, each with its own answers', async () => {
    const one = await ready();
    const ids = Array.from({ length: PER_CONNECTION_MAX }, (_, n) => `id-${n}`);
    for (const [n, id] of ids.entries()) one.say(n % 2 === 0 ? subscribe(id, CHANGES) : subscribe(id, `{ product(id: ${n}) { id } }`));
    await listeners(PER_CONNECTION_MAX / 2);
    ringing(7);
    const heard = new Map<string, unknown>();
    for (let message = 0; message < PER_CONNECTION_MAX + PER_CONNECTION_MAX / 2; message += 1) {
      const { id, type, payload } = await one.heard();
      if (type === 'next') heard.set(String(id), payload);
    }
    for (const [n, id] of ids.entries()) expect(heard.get(id)).toEqual({ data: n % 2 === 0 ? { productChanged: { name: 'p7' } } : { product: { id: String(n) } } });
  });
});

describe('frames', () => {
  test('in pieces are one message', async () => {
    const one = await ready();
    const text = JSON.stringify(subscribe('1', '{ product(id: 1) { name } }'));
    for (let at = 0; at < text.length; at += 9) one.socket.send(text.slice(at, at + 9), { fin: at + 9 >= text.length });
    expect(await one.heard()).toMatchObject({ id: '1', type: 'next', payload: { data: { product: { name: 'product 1' } } } });
  });

  test('that are too large close with 1009, one that is not UTF-8 with 1007', async () => {
    const large = await ready();
    large.say(subscribe('1', `{ __typename } # ${'x'.repeat(6_000)}`));
    expect((await large.closed)[0]).toBe(1009);
    const wrong = await ready();
    wrong.socket.send(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), { binary: false });
    expect((await wrong.closed)[0]).toBe(1007);
  });

  test('are not compressed, unless that is wished', async () => {
    const plain = await opened({ compression: true });
    expect(plain.socket.extensions).toBe('');
    const compressing = await openShop({ settings: { subscriptions: { compression: true }, limits: { aliasesMax: 50 } } });
    const one = await welcomed(compressing, undefined, { compression: true });
    expect(one.socket.extensions).toContain('permessage-deflate');
    one.say(subscribe('1', `{ product(id: 1) { ${Array.from({ length: 40 }, (_, n) => `name${n}: name`).join(' ')} } }`));
    expect(await one.heard()).toMatchObject({ payload: { data: { product: { name39: 'product 1' } } } });
    one.socket.terminate();
    await compressing.router.close();
  });
});

test('websockets beyond the bound are told 503', async () => {
  const small = await openShop({ settings: { subscriptions: { connectionsMax: 1 } }, dial: inProcess(shop.federation.subgraphs) });
  const first = await welcomed(small);
  const second = new WebSocket(`${small.router.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  expect(await new Promise((resolve) => void second.on('unexpected-response', (_, response) => resolve(response.statusCode)))).toBe(503);
  first.socket.terminate();
  await small.router.close();
});
