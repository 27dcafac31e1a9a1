/** A clock, a memory, and a counterparty for tests of sessions over sockets. What is to be closed when a test ends is in `toClose`. */
import type { Socket } from 'node:net';
import { silent } from '@pms/telemetry/logger';
import { expect } from 'vitest';
import type { Clock, SessionKeeper, SessionOptions } from '../src/connection.ts';
import { framer } from '../src/framing.ts';
import { decoded, encoded, type Field, fixTime, type FixMessage, TAG, valueOf } from '../src/message.ts';
import type { Numbers, SessionTerms } from '../src/state.ts';

export const toClose: { close(): unknown }[] = [];

export async function closeAll(): Promise<void> {
  for (const one of toClose.splice(0).toReversed()) await one.close();
}

/** Time goes by when the test says so. */
export function clockAt(begin: number): Clock & { pass(ms: number): void } {
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
export function keeperOf(numbers: Numbers = { nextIn: 1, nextOut: 1 }): SessionKeeper & { numbers: Numbers; kept: FixMessage[]; fails: boolean } {
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

export const terms: SessionTerms = { role: 'ACCEPTOR', ours: 'PMS', theirs: 'BROKER', heartbeatSeconds: 30, resetOnLogon: false, credentials: null, clockToleranceMs: 0, handsOver: new Set(['8']) };
export const options = (over: Partial<SessionOptions> = {}): SessionOptions & { states: boolean[] } => {
  const states: boolean[] = [];
  return { name: 'broker', terms, keeper: keeperOf(), clock: clockAt(Date.now()), logger: silent, watch: { counted: () => undefined, loggedOn: (is) => void states.push(is) }, ...over, states };
};
/** The other side: says what the test says, remembers what it hears. */
export class Peer {
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
    toClose.push({ close: () => socket.destroy() });
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

export const numbersOf = (messages: readonly FixMessage[]): number[] => messages.map((message) => Number(valueOf(message, TAG.MsgSeqNum)));
