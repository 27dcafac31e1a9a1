/** Sessions over real sockets with a counterparty of the test's own: logon, gaps, reconnects, kills, garbage, TLS; hearts beat by a clock of the test's. */
import { connect as plainConnect, createServer, type Server, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { silent } from '@pms/telemetry/logger';
import { generate } from 'selfsigned';
import { afterEach, expect, test } from 'vitest';
import type { Clock, SessionKeeper, SessionOptions } from '../src/connection.ts';
import { accept, type Endpoint, initiate } from '../src/endpoint.ts';
import { framer } from '../src/framing.ts';
import { decoded, encoded, type Field, fixTime, type FixMessage, TAG, valueOf } from '../src/message.ts';
import type { Numbers, SessionTerms } from '../src/state.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

/** Time goes by when the test says so. */
function clockAt(begin: number): Clock & { pass(ms: number): void } {
  let now = begin;
  const calls = new Set<() => void>();
  return {
    now: () => now,
    every(_, call) {
      calls.add(call);
      return () => calls.delete(call);
    },
    pass(ms) {
      now += ms;
      for (const call of calls) call();
    },
  };
}

/** Numbers and messages in memory; `fails` loses the next commit, as a database that goes away does. */
function keeperOf(numbers: Numbers = { nextIn: 1, nextOut: 1 }): SessionKeeper & { numbers: Numbers; kept: FixMessage[]; fails: boolean } {
  return {
    numbers, kept: [], fails: false,
    load() { return Promise.resolve(this.numbers); },
    commit(before, after, messages) {
      if (this.fails) {
        this.fails = false;
        return Promise.reject(new Error('the database is away'));
      }
      if (before.nextIn !== this.numbers.nextIn || before.nextOut !== this.numbers.nextOut) return Promise.reject(new Error('another process has the session'));
      this.numbers = after;
      this.kept.push(...messages);
      return Promise.resolve();
    },
  };
}

const terms: SessionTerms = { role: 'ACCEPTOR', ours: 'PMS', theirs: 'BROKER', heartbeatSeconds: 30, resetOnLogon: false, credentials: null, clockToleranceMs: 0, handsOver: new Set(['8']) };
const options = (over: Partial<SessionOptions> = {}): SessionOptions & { states: boolean[] } => {
  const states: boolean[] = [];
  return { name: 'broker', terms, keeper: keeperOf(), clock: clockAt(Date.now()), logger: silent, watch: { counted: () => undefined, loggedOn: (is) => void states.push(is) }, ...over, states };
};
async function listening(...sessions: readonly SessionOptions[]): Promise<Endpoint> {
  const endpoint = await accept({ host: '127.0.0.1', port: 0, tls: null }, sessions, silent);
  open.push(endpoint);
  return endpoint;
}

/** The other side: says what the test says, remembers what it hears. */
class Peer {
  readonly heard: FixMessage[] = [];
  number = 1;
  ended = false;
  readonly socket: Socket;
  private readonly frames = framer();

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => {
      for (const text of this.frames.take(bytes)) {
        const message = decoded(text);
        if (!('garbled' in message)) this.heard.push(message);
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => { this.ended = true; });
    open.push({ close: () => socket.destroy() });
  }

  text(type: string, body: readonly Field[] = [], number = this.number++): string {
    return encoded([[TAG.MsgType, type], [TAG.SenderCompID, 'BROKER'], [TAG.TargetCompID, 'PMS'], [TAG.MsgSeqNum, String(number)], [TAG.SendingTime, fixTime(Date.now())], ...body]);
  }

  say(type: string, body: readonly Field[] = [], number?: number): void {
    this.socket.write(Buffer.from(this.text(type, body, number), 'latin1'));
  }

  logon(body: readonly Field[] = []): void {
    this.say('A', [[TAG.EncryptMethod, '0'], [TAG.HeartBtInt, '30'], ...body]);
  }

  async hears(type: string, count = 1): Promise<FixMessage> {
    await expect.poll(() => this.heard.filter((message) => message.type === type).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count);
    return this.heard.filter((message) => message.type === type)[count - 1] as FixMessage;
  }

  ends = (): Promise<void> => expect.poll(() => this.ended, { timeout: 20_000 }).toBe(true);
}

const call = (port: number): Peer => new Peer(plainConnect({ host: '127.0.0.1', port }));
const again: Field = [TAG.PossDupFlag, 'Y'];
const numbersOf = (messages: readonly FixMessage[]) => messages.map((message) => Number(valueOf(message, TAG.MsgSeqNum)));

test('a counterparty logs on, its messages are kept, it logs out; numbers go on when it comes back', async () => {
  const session = options();
  const keeper = session.keeper as ReturnType<typeof keeperOf>;
  const { port } = await listening(session);
  const peer = call(port);
  peer.logon();
  await peer.hears('A');
  peer.say('8');
  peer.say('8');
  peer.say('5');
  await peer.hears('5');
  await peer.ends();
  expect(numbersOf(keeper.kept)).toEqual([2, 3]);
  expect(keeper.numbers).toEqual({ nextIn: 5, nextOut: 3 });
  const back = call(port);
  back.number = 5;
  back.logon();
  expect(valueOf(await back.hears('A'), TAG.MsgSeqNum)).toBe('3');
  expect(session.states).toEqual([true, false, true]);
});

test('what is missing is asked for and recovered; what comes twice is kept once', async () => {
  const keeper = keeperOf();
  const { port } = await listening(options({ keeper }));
  const peer = call(port);
  peer.logon();
  peer.say('8', [], 4);
  expect(valueOf(await peer.hears('2'), TAG.BeginSeqNo)).toBe('2');
  for (const number of [2, 3, 4]) peer.say('8', [again], number);
  peer.say('8', [again], 3);
  peer.say('8', [], 5);
  await expect.poll(() => numbersOf(keeper.kept)).toEqual([2, 3, 4, 5]);
});

test('garbage costs no more than itself: the message that it spoiled is asked for', async () => {
  const keeper = keeperOf();
  const { port } = await listening(options({ keeper }));
  const peer = call(port);
  peer.logon();
  await peer.hears('A');
  const spoiled = peer.text('8').replace(/10=\d{3}/, '10=000');
  peer.socket.write(Buffer.from(`\u0000\u00FFGET / HTTP/1.1\r\n${spoiled}8=FIX.4.4\u00019=99999\u0001`, 'latin1'));
  peer.say('8');
  await peer.hears('2');
  peer.say('8', [again], 2);
  peer.say('8', [again], 3);
  await expect.poll(() => numbersOf(keeper.kept)).toEqual([2, 3]);
});

test('a message that came before, and does not say so, ends the session', async () => {
  const keeper = keeperOf({ nextIn: 7, nextOut: 3 });
  const { port } = await listening(options({ keeper }));
  const peer = call(port);
  peer.logon();
  expect(valueOf(await peer.hears('5'), TAG.Text)).toBe('MsgSeqNum too low, expecting 7 but received 1');
  await peer.ends();
  expect(keeper.numbers.nextIn).toBe(7);
});

test('hearts beat and silence is tested by the clock', async () => {
  const clock = clockAt(Date.now());
  const { port } = await listening(options({ clock }));
  const peer = call(port);
  peer.logon();
  await peer.hears('A');
  clock.pass(30_000);
  await peer.hears('0');
  clock.pass(6_000);
  const asked = await peer.hears('1');
  peer.say('0', [[TAG.TestReqID, valueOf(asked, TAG.TestReqID) ?? '']]);
  peer.say('1', [[TAG.TestReqID, 'mine']]);
  await expect.poll(() => peer.heard.some((message) => message.type === '0' && valueOf(message, TAG.TestReqID) === 'mine')).toBe(true);
  clock.pass(36_000);
  await peer.hears('1', 2);
  clock.pass(36_000);
  await peer.ends();
});

test('where a commit fails nothing is answered, and the same messages are taken when they come again', async () => {
  const keeper = keeperOf();
  const { port } = await listening(options({ keeper }));
  const peer = call(port);
  peer.logon();
  await peer.hears('A');
  keeper.fails = true;
  peer.say('8');
  await peer.ends();
  expect(keeper).toMatchObject({ kept: [], numbers: { nextIn: 2 } });
  const back = call(port);
  back.number = 3;
  back.logon();
  await back.hears('2');
  back.say('8', [again], 2);
  back.say('4', [again, [TAG.GapFillFlag, 'Y'], [TAG.NewSeqNo, '4']], 3);
  await expect.poll(() => [numbersOf(keeper.kept), keeper.numbers.nextIn]).toEqual([[2], 4]);
});

test('a connection that is cut in the middle loses nothing', async () => {
  const keeper = keeperOf();
  const { port } = await listening(options({ keeper }));
  const peer = call(port);
  peer.logon();
  await peer.hears('A');
  const whole = peer.text('8') + peer.text('8');
  peer.socket.write(Buffer.from(whole.slice(0, -20), 'latin1'));
  await expect.poll(() => numbersOf(keeper.kept)).toEqual([2]);
  peer.socket.destroy();
  await peer.ends();
  // until the other end has seen it, a second connection is one too many
  await expect.poll(async () => {
    const back = call(port);
    back.number = 4;
    back.logon();
    await expect.poll(() => back.ended || back.heard.length > 0).toBe(true);
    if (back.heard.length === 0) return [];
    await back.hears('2');
    back.say('8', [again], 3);
    back.say('4', [again, [TAG.GapFillFlag, 'Y'], [TAG.NewSeqNo, '5']], 4);
    await expect.poll(() => keeper.numbers.nextIn).toBe(5);
    return numbersOf(keeper.kept);
  }, { timeout: 20_000 }).toEqual([2, 3]);
});

test('one session has one connection, and nobody unknown has any', async () => {
  const { port } = await listening(options());
  const peer = call(port);
  peer.logon();
  await peer.hears('A');
  const second = call(port);
  second.logon();
  await second.ends();
  const stranger = call(port);
  stranger.socket.write(Buffer.from(encoded([[TAG.MsgType, 'A'], [TAG.SenderCompID, 'EVE'], [TAG.TargetCompID, 'PMS'], [TAG.MsgSeqNum, '1']]), 'latin1'));
  await stranger.ends();
  expect([second.heard, stranger.heard]).toEqual([[], []]);
});

test('closing logs out first', async () => {
  const endpoint = await listening(options());
  const peer = call(endpoint.port);
  peer.logon();
  await peer.hears('A');
  const closing = endpoint.close();
  await peer.hears('5');
  peer.say('5');
  await closing;
  await peer.ends();
});

test('an initiator calls, logs on, and calls again after the connection broke', async () => {
  const peers: Peer[] = [];
  const server: Server = createServer((socket) => peers.push(new Peer(socket)));
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  open.push({ close: () => server.close() });
  const keeper = keeperOf();
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const endpoint = initiate({ host: '127.0.0.1', port, tls: null }, options({ keeper, terms: { ...terms, role: 'INITIATOR', credentials: { username: 'pms', password: 'secret' } } }));
  await expect.poll(() => peers.length, { timeout: 20_000 }).toBe(1);
  expect(valueOf(await peers[0]?.hears('A') as FixMessage, TAG.Username)).toBe('pms');
  peers[0]?.logon();
  peers[0]?.say('8');
  await expect.poll(() => numbersOf(keeper.kept)).toEqual([2]);
  peers[0]?.socket.destroy();
  await expect.poll(() => peers.length, { timeout: 20_000 }).toBe(2);
  expect(valueOf(await peers[1]?.hears('A') as FixMessage, TAG.MsgSeqNum)).toBe('2');
  peers[1]?.socket.destroy();
  await endpoint.close();
});

const certificate = () => generate([{ name: 'commonName', value: '127.0.0.1' }], { keySize: 2_048, extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }, { name: 'basicConstraints', cA: true }] });

test('an initiator and an acceptor of ours meet over TLS, with credentials', async () => {
  const made = await certificate();
  const tls = { cert: made.cert, key: made.private, ca: made.cert };
  const credentials = { username: 'broker', password: 'secret' };
  const [here, there] = [options({ terms: { ...terms, credentials } }), options({ terms: { ...terms, role: 'INITIATOR', ours: 'BROKER', theirs: 'PMS', credentials } })];
  const endpoint = await accept({ host: '127.0.0.1', port: 0, tls }, [here], silent);
  open.push(endpoint);
  const caller = initiate({ host: '127.0.0.1', port: endpoint.port, tls }, there);
  await expect.poll(() => [here.states, there.states], { timeout: 20_000 }).toEqual([[true], [true]]);
  await caller.close();
  await expect.poll(() => [here.states, there.states], { timeout: 20_000 }).toEqual([[true, false], [true, false]]);
  expect([here.keeper, there.keeper]).toMatchObject([{ numbers: { nextIn: 3, nextOut: 3 } }, { numbers: { nextIn: 3, nextOut: 3 } }]);
});

test('TLS with certificates of both sides', async () => {
  const made = await certificate();
  const keeper = keeperOf();
  const endpoint = await accept({ host: '127.0.0.1', port: 0, tls: { cert: made.cert, key: made.private, ca: made.cert } }, [options({ keeper })], silent);
  open.push(endpoint);
  const nobody = new Peer(tlsConnect({ host: '127.0.0.1', port: endpoint.port, ca: made.cert }));
  nobody.logon();
  await nobody.ends();
  expect(nobody.heard).toEqual([]);
  const peer = new Peer(tlsConnect({ host: '127.0.0.1', port: endpoint.port, ca: made.cert, cert: made.cert, key: made.private }));
  peer.logon();
  await peer.hears('A');
  peer.say('8');
  await expect.poll(() => numbersOf(keeper.kept)).toEqual([2]);
});
