/** The whole load: workers that change what is theirs, readers that look at everybody's, and what all of them remember. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../support/random.ts';
import { until } from '../support/until.ts';
import { asking, insist } from './asking.ts';
import { CREATE_INSTRUMENT, type Done, IMPORT_PRICES } from './documents.ts';
import { mutate, type Recording } from './mutations.ts';
import type { Own } from './own.ts';
import { readAll, readOne } from './reads.ts';
import type { History, Read, Violation, Write } from './recorded.ts';
import { work } from './worker.ts';

const CLOSES = 5;
const READ_PAUSE_MS_MAX = 200;
const PREPARE_MS_MAX = 600_000;

export interface Load {
  /** On which trades are agreed. */
  readonly day: string;
  /** So far, and after `stop` for good. */
  readonly history: History;
  readonly violations: readonly Violation[];
  /** What clients were told instead of an answer, by code, and how often. */
  readonly problems: ReadonlyMap<string, number>;
  /** No new work is begun; what is under way is insisted on for so long. Resolves to the number of steps taken. */
  stop(withinMs: number): Promise<number>;
  /** Looks at everything once more. */
  readAll(): Promise<void>;
}

export interface LoadOptions {
  readonly url: string;
  readonly random: Random;
  readonly workers: number;
  readonly readers: number;
}

export async function startLoad({ url, random, workers, readers }: LoadOptions): Promise<Load> {
  const writes: Write[] = [];
  const reads: Read[] = [];
  const violations: Violation[] = [];
  let stopped = false;
  let giveUpAt = Number.POSITIVE_INFINITY;
  const client = asking(url);
  const recordingOf = (by: string): Recording => ({ asking: client, by, over: () => performance.now() > giveUpAt, keep: (write) => void writes.push(write) });
  const readingOf = (by: string) => ({
    asking: client, by, keep: (read: Read) => void reads.push(read),
    missing: (register: string, object: string) => void violations.push({ name: 'lost object', detail: `${register} of ${object}, which had been acknowledged, was not found by ${by}` }),
  });
  const instrument = await listed(client);
  const owns = await Promise.all(Array.from({ length: workers }, (_, at) => ownOf(recordingOf(`w${String(at)}`), instrument)));
  const working = owns.map((own) => work({ recording: recordingOf(own.name), reading: readingOf(own.name), random: random.fork(own.name), own, stopped: () => stopped }));
  const looking = Array.from({ length: readers }, async (_, at) => {
    const name = `r${String(at)}`;
    for (let step = 0; !stopped; step += 1) {
      const chance = random.fork(`${name} ${String(step)}`);
      const own = owns[Math.floor(chance.next() * owns.length)];
      if (own !== undefined) await readOne(readingOf(name), chance, own);
      await delay(chance.whole(0, READ_PAUSE_MS_MAX));
    }
  });
  return {
    history: { writes, reads }, violations, problems: client.problems, day: instrument.day,
    async stop(withinMs) {
      stopped = true;
      giveUpAt = performance.now() + withinMs;
      await Promise.all(looking);
      return (await Promise.all(working)).reduce((sum, steps) => sum + steps, 0);
    },
    async readAll() {
      for (const own of owns) await readAll(readingOf('last'), own);
    },
  };
}

/** Saturdays and Sundays have no closes. */
export function lastWeekdays(count: number): string[] {
  const days = Array.from({ length: count * 2 + 2 }, (_, back) => new Date(Date.now() - back * 86_400_000)).filter((date) => ![0, 6].includes(date.getUTCDay()));
  return days.slice(0, count).map((date) => date.toISOString().slice(0, 10));
}

async function listed(client: ReturnType<typeof asking>): Promise<{ id: string; day: string }> {
  const [today = '', ...before] = lastWeekdays(CLOSES);
  const end = performance.now() + PREPARE_MS_MAX;
  const over = (): boolean => performance.now() > end;
  const { answer } = await insist(() => client.ask<Done>(CREATE_INSTRUMENT, {
    input: { symbol: 'CHAOS', name: 'Chaos Incorporated', assetClass: 'EQUITY', currency: 'USD', mic: 'XNAS', idempotencyKey: 'instrument-chaos' },
  }), over);
  const id = answer.end === 'answered' ? answer.data.done.made?.id : undefined;
  if (id === undefined) throw new Error(`no instrument: ${JSON.stringify(answer)}`);
  const rows = [today, ...before].toReversed().map((date) => ({ date, close: '100.00' }));
  const { answer: priced } = await insist(() => client.ask<Done>(IMPORT_PRICES, { input: { instrumentId: id, rows } }), over);
  if (priced.end !== 'answered') throw new Error(`no closes: ${JSON.stringify(priced)}`);
  return { id, day: before[0] ?? today };
}

async function ownOf(recording: Recording, { id, day }: { readonly id: string; readonly day: string }): Promise<Own> {
  const open = async (what: string): Promise<string> => {
    const key = `${recording.by}-${what}`;
    const made = await mutate(recording, { kind: 'createPortfolio', key, object: '', value: 0 }, { name: `Chaos ${key}`, baseCurrency: 'USD', idempotencyKey: key });
    if (made === null || made === '') throw new Error(`the portfolio ${key} could not be opened`);
    return made;
  };
  const [trading, savings, renamed] = [await open('trading'), await open('savings'), await open('renamed')];
  await paidIn(recording, { key: `${recording.by}-funds`, object: trading, value: 100_000_000_000 }, day);
  await paidIn(recording, { key: `${recording.by}-first`, object: savings, value: 1 }, day);
  return { name: recording.by, instrumentId: id, day, trading, savings, renamed, trades: [], names: 0 };
}

/** The books may not have heard of a new portfolio yet, and say so: that is asked again, and what was refused meanwhile is no part of the history. */
async function paidIn(recording: Recording, deposit: { readonly key: string; readonly object: string; readonly value: number }, day: string): Promise<void> {
  const { key, object, value } = deposit;
  const amount = { amount: (value / 100).toFixed(2), currency: 'USD' };
  await until(`${object} takes its first deposit`, PREPARE_MS_MAX, async () => {
    const kept: Write[] = [];
    const done = await mutate({ ...recording, keep: (write) => void kept.push(write) }, { kind: 'deposit', ...deposit }, { portfolioId: object, amount, effectiveDate: day, idempotencyKey: key });
    if (done !== null) kept.forEach(recording.keep);
    return done !== null;
  });
}
