/** Ends of sessions over real sockets: an initiator that calls again, TLS with certificates, two ends of ours. */
import { createServer, type Server } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { silent } from '@pms/telemetry/logger';
import { generate } from 'selfsigned';
import { afterEach, expect, test } from 'vitest';
import { accept, initiate } from '../src/endpoint.ts';
import { type FixMessage, TAG, valueOf } from '../src/message.ts';
import { closeAll, keeperOf, numbersOf, options, Peer, terms, toClose } from './support.ts';

afterEach(closeAll);

test('an initiator calls, logs on, and calls again after the connection broke', async () => {
  const peers: Peer[] = [];
  const server: Server = createServer((socket) => peers.push(new Peer(socket)));
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  toClose.push({ close: () => server.close() });
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
  toClose.push(endpoint);
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
  toClose.push(endpoint);
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
