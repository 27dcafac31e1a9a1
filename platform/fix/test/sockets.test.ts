/** Sessions over real sockets with a counterparty of the test's own: logon, gaps, reconnects, garbage; hearts beat by a clock of the test's. */
import { connect } from 'node:net';
import { silent } from '@pms/telemetry/logger';
import { afterEach, expect, test } from 'vitest';
import type { SessionOptions } from '../src/connection.ts';
import { accept, type Endpoint } from '../src/endpoint.ts';
import { encoded, type Field, TAG, valueOf } from '../src/message.ts';
import { clockAt, closeAll, keeperOf, numbersOf, options, Peer, toClose } from './support.ts';

afterEach(closeAll);

async function listening(...sessions: readonly SessionOptions[]): Promise<Endpoint> {
  const endpoint = await accept({ host: '127.0.0.1', port: 0, tls: null }, sessions, silent);
  toClose.push(endpoint);
  return endpoint;
}

const call = (port: number): Peer => new Peer(connect({ host: '127.0.0.1', port }));
const again: Field = [TAG.PossDupFlag, 'Y'];

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
