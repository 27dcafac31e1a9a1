/** A drop copy over a real socket into a real database: executions become trades, once each, whatever happens on the way. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { framer } from '@pms/fix/framing';
import { decoded, encoded, type Field, fixTime, type FixMessage, TAG } from '@pms/fix/message';
import { portfolioCreated } from '@pms/schema/events/portfolio';
import { instrumentCreated } from '@pms/schema/events/rttm';
import { silent } from '@pms/telemetry/logger';
import { type FrontDoor, frontDoor, heard, principal } from '@pms/testing/front-door';
import { type DropCopy, tradeCaptureSubgraph, type TradeCaptureSubgraph } from '@pms/trade-capture';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type FixSessions, openFixSessions, rereading } from './fix-sessions.ts';
import { fixSettings, type FixSettings } from './fix-settings.ts';

const service = principal({ subject: 'svc_fix', kind: 'SERVICE', roles: [], scopes: new Set(['trade:write']) });
const secrets = new Map([['fix-client', 'x'.repeat(40)], ['broker', 'right']]);
let door: FrontDoor;
let dropCopy: DropCopy;
let folder: string;
const open: { close(): unknown }[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'pms-fix-'));
  let capture: TradeCaptureSubgraph | null = null;
  door = await frontDoor((surroundings) => capture = tradeCaptureSubgraph(surroundings));
  dropCopy = (capture as TradeCaptureSubgraph | null)?.dropCopy as DropCopy;
  await door.hear(
    heard(portfolioCreated, 'prt_a', { portfolioId: 'prt_a', name: 'A', baseCurrency: 'USD', investorId: null, lotMethod: 'FIFO', benchmarkInstrumentId: null }),
    heard(instrumentCreated, 'ins_acme', { instrumentId: 'ins_acme', symbol: 'ACME', name: 'Acme', assetClass: 'EQUITY', currency: 'USD', mic: 'XNYS', isin: 'US0378331005' }));
});
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});
afterAll(async () => {
  await door.close();
  rmSync(folder, { recursive: true });
});

let number = 0;
/** A session of its own for each test, as a file says it. */
function settingsOf(over = ''): { readonly file: string; readonly name: string; readonly settings: FixSettings } {
  const name = `broker-${(number += 1)}`;
  const file = path.join(folder, `${name}.yaml`);
  writeFileSync(file, `client: { id: svc_fix, secret: FIX_CLIENT }\nsessions:\n  - { name: ${name}, role: acceptor, ours: PMS, theirs: BROKER, port: 0, accounts: { ACC1: prt_a }${over} }\n`);
  return { file, name, settings: fixSettings(file, secrets) };
}
async function running(settings: FixSettings, over: { readonly dropCopy?: DropCopy; readonly reread?: () => FixSettings | null } = {}): Promise<FixSessions> {
  const sessions = await openFixSessions({ settings, dropCopy, principal: () => Promise.resolve(service), logger: silent, ...over });
  open.push(sessions);
  return sessions;
}

/** The broker's side. */
class Broker {
  readonly heard: FixMessage[] = [];
  ended = false;
  number: number;
  readonly socket: Socket;

  constructor({ ports: [port = 0] }: FixSessions, from = 1) {
    this.number = from;
    this.socket = connect({ host: '127.0.0.1', port });
    const frames = framer();
    this.socket.on('data', (bytes: Buffer) => {
      this.heard.push(...frames.take(bytes).map(decoded).filter((message): message is FixMessage => !('garbled' in message)));
    });
    this.socket.on('error', () => undefined).on('close', () => { this.ended = true; });
    open.push({ close: () => this.socket.destroy() });
    this.say('A', [[TAG.EncryptMethod, '0'], [TAG.HeartBtInt, '30']]);
  }

  say(type: string, body: readonly Field[] = [], as = this.number++): void {
    this.socket.write(Buffer.from(encoded([[TAG.MsgType, type], [TAG.SenderCompID, 'BROKER'], [TAG.TargetCompID, 'PMS'], [TAG.MsgSeqNum, String(as)], [TAG.SendingTime, fixTime(Date.now())], ...body]), 'latin1'));
  }

  hears = (type: string): Promise<void> => expect.poll(() => this.heard.some((message) => message.type === type), { timeout: 20_000 }).toBe(true);
}

const execution = (id: string, over: Record<number, string> = {}): Field[] =>
  Object.entries({ 17: id, 150: 'F', 37: 'O1', 39: '2', 1: 'ACC1', 55: 'ACME', 48: 'US0378331005', 22: '4', 54: '1', 32: '100', 31: '187.25', 15: 'USD', 75: '20261102', ...over }).map(([tag, value]) => [Number(tag), value]);
const MESSAGES = `query ($filter: FixMessageFilter) { fixMessages(filter: $filter) { edges { node { id sequence type outcome problem execId text
  trades { id version status externalId quantity price side fees { amount { amount } } capturedBy } } } } }`;
const messagesOf = async (session: string) => (await door.ask(MESSAGES, { filter: { session } })).data.fixMessages.edges.map(({ node }: { node: Record<string, unknown> }) => node).toReversed();
const outcomes = async (session: string): Promise<string[]> => (await messagesOf(session)).map(({ execId, outcome }: Record<string, string>) => `${execId} ${outcome}`);
const handled = (session: string, expected: readonly string[]) => expect.poll(() => outcomes(session), { timeout: 20_000 }).toEqual(expected);
const sessionOf = async (name: string) => (await door.ask('{ fixSessions { name nextIn nextOut loggedOn waiting parked } }')).data.fixSessions.find((one: { name: string }) => one.name === name);
const captured = async (session: string): Promise<number> => (await door.told()).filter(({ type, data }) => type === 'trade-capture.trade-captured.v1' && ((data as { externalId: string | null }).externalId ?? '').startsWith(`fix:${session}:`)).length;

test('executions become trades of the account’s portfolio, captured as the service client', async () => {
  const { name, settings } = settingsOf();
  const broker = new Broker(await running(settings));
  for (const id of ['E1', 'E2', 'E3']) broker.say('8', execution(id, { 12: '1.5', 13: '3' }));
  broker.say('8', execution('E4', { 150: '0' }));
  await handled(name, ['E1 CAPTURED', 'E2 CAPTURED', 'E3 CAPTURED', 'E4 IGNORED']);
  expect((await messagesOf(name))[0]).toMatchObject({ sequence: 2, type: '8', trades: [{ version: 1, externalId: `fix:${name}:E1`, side: 'BUY', quantity: '100', price: '187.25', fees: [{ amount: { amount: '1.5' } }], capturedBy: 'svc_fix' }] });
  expect(await sessionOf(name)).toEqual({ name, nextIn: 6, nextOut: 2, loggedOn: true, waiting: 0, parked: 0 });
});

test('corrections amend and cancellations cancel what the execution led to, also by the correction’s own name', async () => {
  const { name, settings } = settingsOf();
  const broker = new Broker(await running(settings));
  broker.say('8', execution('E1'));
  broker.say('8', execution('E2', { 150: 'G', 19: 'E1', 32: '90' }));
  broker.say('8', execution('E3', { 150: 'G', 19: 'E2', 32: '90', 31: '186' }));
  broker.say('8', execution('E4', { 150: 'H', 19: 'E1' }));
  await handled(name, ['E1 CAPTURED', 'E2 AMENDED', 'E3 AMENDED', 'E4 CANCELLED']);
  expect((await messagesOf(name)).at(-1)).toMatchObject({ trades: [{ version: 4, status: 'CANCELLED', quantity: '90', price: '186' }] });
  expect(await captured(name)).toBe(1);
});

test('trade capture reports are captured, too', async () => {
  const { name, settings } = settingsOf();
  const broker = new Broker(await running(settings));
  broker.say('AE', [[571, 'R1'], [487, '0'], [32, '10'], [31, '5'], [75, '20261102'], [55, 'ACME'], [552, '1'], [54, '2'], [37, 'O1'], [1, 'ACC1']]);
  await handled(name, ['R1 CAPTURED']);
  expect((await messagesOf(name))[0]).toMatchObject({ trades: [{ side: 'SELL', quantity: '10' }] });
});

test('what is lost is asked for and captured; what comes twice is captured once', async () => {
  const { name, settings } = settingsOf();
  const broker = new Broker(await running(settings));
  broker.say('8', execution('E2'), 3);
  await broker.hears('2');
  broker.say('8', [[TAG.PossDupFlag, 'Y'], ...execution('E1')], 2);
  broker.say('8', [[TAG.PossDupFlag, 'Y'], ...execution('E2')], 3);
  broker.say('8', [[TAG.PossDupFlag, 'Y'], ...execution('E1')], 2);
  // sent again under a new number: the execution is known
  broker.say('8', [[97, 'Y'], ...execution('E1')], 4);
  await handled(name, ['E1 CAPTURED', 'E2 CAPTURED', 'E1 DUPLICATE']);
  expect(await captured(name)).toBe(2);
});

test('what cannot be captured is parked with its reason, and captured once it is mended and replayed', async () => {
  const { file, name, settings } = settingsOf();
  const broker = new Broker(await running(settings, { reread: rereading(file, secrets, silent) }));
  broker.say('8', execution('E1', { 1: 'NEW' }));
  broker.say('8', execution('E2', { 55: 'NONE', 48: 'US5949181045' }));
  broker.say('8', execution('E3', { 150: 'H', 19: 'E1' }));
  broker.say('8', execution('E4', { 54: '9' }));
  await handled(name, ['E1 PARKED', 'E2 PARKED', 'E3 PARKED', 'E4 PARKED']);
  expect((await messagesOf(name)).map(({ problem }: { problem: string }) => problem)).toEqual([
    'Account (1) "NEW" is mapped to no portfolio', 'no instrument is known by US5949181045, NONE', 'the execution E1 has led to no trade', 'Side (54) is "9": neither a purchase nor a sale']);
  expect(await sessionOf(name)).toMatchObject({ parked: 4 });
  await door.hear(heard(instrumentCreated, `ins_${name}`, { instrumentId: `ins_${name}`, symbol: 'NONE', name: 'None', assetClass: 'EQUITY', currency: 'USD', mic: null }));
  writeFileSync(file, `client: { id: svc_fix, secret: FIX_CLIENT }\nsessions:\n  - { name: ${name}, role: acceptor, ours: PMS, theirs: BROKER, port: 0, accounts: { ACC1: prt_a, NEW: prt_a } }\n`);
  const replay = await door.ask('mutation ($input: ReplayFixMessagesInput!) { replayFixMessages(input: $input) { replayed userErrors { code } } }', { input: { session: name } });
  expect(replay.data.replayFixMessages).toEqual({ replayed: 4, userErrors: [] });
  await handled(name, ['E1 CAPTURED', 'E2 CAPTURED', 'E3 CANCELLED', 'E4 PARKED']);
  const [{ id }] = (await messagesOf(name)).slice(-1);
  const dismiss = async (reason: string) => (await door.ask('mutation ($input: DismissFixMessageInput!) { dismissFixMessage(input: $input) { message { outcome problem } userErrors { code path } } }', { input: { id, reason } })).data.dismissFixMessage;
  expect(await dismiss('a swap, which is not ours')).toEqual({ message: { outcome: 'IGNORED', problem: 'usr_tester: a swap, which is not ours' }, userErrors: [] });
  expect(await dismiss('again')).toEqual({ message: null, userErrors: [{ code: 'CONFLICT', path: ['id'] }] });
});

test('a process that dies after it has kept a message, and before it made a trade of it, leaves it to the next', async () => {
  const { name, settings } = settingsOf();
  const dead = await running(settings, { dropCopy: { ...dropCopy, handle: () => new Promise(() => undefined) } });
  const broker = new Broker(dead);
  broker.say('8', execution('E1'));
  await expect.poll(() => outcomes(name), { timeout: 20_000 }).toEqual(['null RECEIVED']);
  broker.socket.destroy();
  open.splice(open.findIndex((one) => one === dead), 1); // it is dead: nobody closes it
  const next = await running(settings);
  await handled(name, ['E1 CAPTURED']);
  const back = new Broker(next, 3);
  back.say('8', execution('E2'));
  await handled(name, ['E1 CAPTURED', 'E2 CAPTURED']);
  expect(back.heard.some(({ type }) => type === '2')).toBe(false);
});

test('a process that dies after it made a trade, and before it noted so, makes no second one', async () => {
  const { name, settings } = settingsOf();
  const broker = new Broker(await running(settings));
  broker.say('8', execution('E1'));
  broker.say('8', execution('E2', { 150: 'G', 19: 'E1', 32: '90' }));
  await handled(name, ['E1 CAPTURED', 'E2 AMENDED']);
  await door.database.query("update trade_capture.fix_message set outcome = 'RECEIVED' where session = $1", [name]);
  await handled(name, ['E1 DUPLICATE', 'E2 AMENDED']);
  expect((await messagesOf(name))[1]).toMatchObject({ trades: [{ version: 2, quantity: '90' }] });
  expect(await captured(name)).toBe(1);
});

test('where the database fails nothing is answered, and the broker’s repetition is captured once', async () => {
  const { name, settings } = settingsOf();
  let fails = true;
  const sessions = await running(settings, { dropCopy: { ...dropCopy, receive: (session, news) => (fails && news.messages.length > 0 ? Promise.reject(new Error('the database is away')) : dropCopy.receive(session, news)) } });
  const broker = new Broker(sessions);
  await broker.hears('A');
  broker.say('8', execution('E1'));
  await expect.poll(() => broker.ended, { timeout: 20_000 }).toBe(true);
  fails = false;
  expect(await outcomes(name)).toEqual([]);
  const back = new Broker(sessions, 3);
  await back.hears('2');
  back.say('8', [[TAG.PossDupFlag, 'Y'], ...execution('E1')], 2);
  back.say('4', [[TAG.PossDupFlag, 'Y'], [TAG.GapFillFlag, 'Y'], [TAG.NewSeqNo, '4']], 3);
  await handled(name, ['E1 CAPTURED']);
});

test('two processes cannot have one session: whoever is behind gives up', async () => {
  const { name, settings } = settingsOf();
  const one = new Broker(await running(settings));
  await one.hears('A');
  const two = new Broker(await running(settings), 2);
  await two.hears('A');
  one.say('8', execution('E1'));
  await expect.poll(() => one.ended, { timeout: 20_000 }).toBe(true);
  two.say('8', execution('E1'));
  await handled(name, ['E1 CAPTURED']);
});

test('parked messages of another organisation are not there', async () => {
  const stranger = { as: principal({ organizationId: 'org_other' }) };
  expect((await door.ask('{ fixSessions { name } fixMessages { edges { cursor } } }', {}, stranger)).data).toEqual({ fixSessions: [], fixMessages: { edges: [] } });
  const { data } = await door.ask('mutation { replayFixMessages(input: { session: "broker-1" }) { replayed userErrors { code } } }', {}, stranger);
  expect(data.replayFixMessages.userErrors).toEqual([{ code: 'NOT_FOUND' }]);
});

test.each([
  ['no such file', () => path.join(folder, 'none.yaml'), 'cannot be read'],
  ['a secret that is not set', () => settingsOf(', credentials: { username: b, passwordSecret: BROKER_2 }').file, 'set PMS_SECRET_BROKER_2'],
  ['a setting that there is none of', () => settingsOf(', colour: red').file, 'sessions.0'],
])('%s is told in a sentence', (_, file, words) => {
  expect(() => fixSettings(file(), secrets)).toThrow(words);
});
