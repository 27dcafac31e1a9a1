/**
 * What a consumer does with events, whichever way they came: hands them to its reactions in order per key, as many together as a reaction takes, parks
 * what fails with what follows it, and tries that again.
 */
import { isPassing } from '@pms/errors/passing';
import { actingFor } from './acting.ts';
import type { Reaction } from './bus.ts';
import type { Event } from './envelope.ts';
import { inStep } from './gathered.ts';
import { NotYet } from './not-yet.ts';
import { blockedLines, dueHeads, type Line, lineOf, nextDueMs, park, type Placed, postpone, release, waitingOf, waitOn, type Why } from './parking.ts';
import type { Sql } from './sql.ts';
import { consuming } from './traced.ts';

/** Events handled in one transaction, at most. */
export const RUN_MAX = 1_000;
const KEYS_AT_ONCE = 4;

export interface HandlingOptions {
  readonly sql: Sql;
  readonly name: string;
  readonly reactions: readonly Reaction[];
  /** What the bus keeps in order. */
  readonly line: Line;
  onFailure(event: Event, error: unknown, dead: boolean): void;
  /** It was not handled because others' events are still to come, for so long by now. */
  onWaiting(event: Event, error: NotYet, waitedMs: number): void;
  onHandled(count: number): void;
}

export interface Handling {
  /** Resolves once each is handled or parked. Rejects where the platform cannot work at the moment, or one could not even be parked; then they are to come again. */
  handle(placed: readonly Placed[]): Promise<void>;
  /** Tries parked events that are due; resolves to when the next one is, in milliseconds, or null. */
  retry(): Promise<number | null>;
}

export function handling(options: HandlingOptions): Handling {
  const { sql, name, line } = options;
  const byType = new Map(options.reactions.map((reaction) => [reaction.type, reaction]));
  const reactionTo = (event: Event): Reaction | undefined => byType.get(event.type) ?? byType.get('*');
  return {
    handle: (placed) => handle(options, placed, reactionTo),
    async retry() {
      const due = await nextDueMs(sql, name, line);
      if (due === null || due > 0) return due;
      for (const head of await dueHeads(sql, name, line)) await retried(options, head, reactionTo);
      return nextDueMs(sql, name, line);
    },
  };
}

/**
 * An event that has failed is tried alone. Those that only waited behind it go in runs, as they would have: thousands of one key, one at a time, take
 * minutes. Runs grow from two, so that another faulty event behind it costs little; what is left has its turn next time.
 */
async function retried(options: HandlingOptions, head: Awaited<ReturnType<typeof dueHeads>>[number], reactionTo: (event: Event) => Reaction | undefined): Promise<void> {
  const { sql, name, line } = options;
  try {
    await reacting(name, [head.event], async () => reactionTo(head.event)?.react(head.event));
    await release(sql, name, [head.position]);
    options.onHandled(1);
  } catch (error) {
    if (error instanceof NotYet) {
      await waitOn(sql, name, head, messageOf(error));
      options.onWaiting(head.event, error, head.waitedMs ?? 0);
    } else options.onFailure(head.event, error, await postpone(sql, name, head, { message: messageOf(error), passing: isPassing(error) }));
    return;
  }
  for (let count = 2; ; count = Math.min(count * 2, RUN_MAX)) {
    const waiting = await waitingOf(sql, name, { event: head.event, line }, count);
    const run = runFrom(waiting, 0, reactionTo);
    const reaction = reactionOf(run, reactionTo);
    const done = reaction === undefined ? 0 : await handledTogether(options, reaction, run);
    if (done === 0) return;
    await release(sql, name, run.slice(0, done).map(({ position }) => position));
    options.onHandled(done);
  }
}

async function handle(options: HandlingOptions, placed: readonly Placed[], reactionTo: (event: Event) => Reaction | undefined): Promise<void> {
  if (placed.length === 0) return;
  const chains = Map.groupBy(placed, ({ event }) => event.key);
  const { sql, name, line } = options;
  const blocked = await blockedLines(sql, name, [...chains.keys()], line);
  const isBlocked = ({ event }: Placed): boolean => blocked.has(lineOf(line, event));
  if (blocked.size > 0) await park(sql, name, placed.filter(isBlocked), null);
  const open = blocked.size === 0 ? [...chains.values()] : [...chains.values()].map((chain) => chain.filter((one) => !isBlocked(one))).filter((chain) => chain.length > 0);
  const left = (await inStep(lanes(open, placed.length).map((lane) => handledAcross(options, lane, reactionTo)))).flat();
  const workers = Array.from({ length: Math.min(KEYS_AT_ONCE, left.length) }, async () => {
    for (let chain = left.shift(); chain !== undefined; chain = left.shift()) await handleChain(options, chain, reactionTo);
  });
  await inStep(workers);
}

type Chain = readonly Placed[];

/** Few events go in one lane, so that they make few transactions; many in several, which work side by side. */
function lanes(chains: readonly Chain[], events: number): readonly (readonly Chain[])[] {
  const all = Array.from({ length: Math.min(Math.ceil(events / RUN_MAX), KEYS_AT_ONCE, chains.length) }, (): Chain[] => []);
  for (const [at, chain] of chains.entries()) all[at % all.length]?.push(chain);
  return all;
}

/** Runs of the same reaction, of all keys that begin with it, together where it takes them so; what is left is for each key by itself. */
async function handledAcross(options: HandlingOptions, chains: readonly Chain[], reactionTo: (event: Event) => Reaction | undefined): Promise<Chain[]> {
  const left: Chain[] = [];
  let waiting = [...chains];
  for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
    const reaction = reactionOf(first, reactionTo);
    if (reaction?.acrossKeys !== true) {
      left.push(first);
      waiting = waiting.slice(1);
      continue;
    }
    const wave = waveOf(waiting, reaction, reactionTo);
    const others = waiting.slice(wave.length);
    const events = wave.flatMap(({ run }) => run).toSorted(inPlace);
    // all or none: what is left of several keys would have to be told apart
    if ((await handledTogether(options, reaction, events, 'all')) > 0) {
      options.onHandled(events.length);
      waiting = [...wave.flatMap(({ chain, run }) => (run.length === chain.length ? [] : [chain.slice(run.length)])), ...others];
    } else {
      left.push(...wave.map(({ chain }) => chain));
      waiting = others;
    }
  }
  return left;
}

/** Whole numbers as text, compared without being read. */
const inPlace = ({ position: a }: Placed, { position: b }: Placed): number => a.length - b.length || (a < b ? -1 : Number(a > b));

const reactionOf = ([first]: Chain, reactionTo: (event: Event) => Reaction | undefined): Reaction | undefined => first && reactionTo(first.event);

/** The chains at the front whose turn is this reaction's, with the runs that go together: at most RUN_MAX events, and one chain at least. */
function waveOf(waiting: Chain[], reaction: Reaction, reactionTo: (event: Event) => Reaction | undefined): { readonly chain: Chain; readonly run: Chain }[] {
  waiting.sort((a, b) => Number(alike(reactionOf(b, reactionTo), reaction)) - Number(alike(reactionOf(a, reactionTo), reaction)));
  const wave: { chain: Chain; run: Chain }[] = [];
  let count = 0;
  for (const chain of waiting) {
    if (!alike(reactionOf(chain, reactionTo), reaction)) break;
    const run = runFrom(chain, 0, reactionTo);
    if (wave.length > 0 && count + run.length > RUN_MAX) break;
    wave.push({ chain, run });
    count += run.length;
  }
  return wave;
}

/** The events of one key, in order: runs of one reaction together where it can, else one by one; the first failure parks the rest of its line. */
async function handleChain(options: HandlingOptions, chain: Chain, reactionTo: (event: Event) => Reaction | undefined): Promise<void> {
  for (let rest = chain; rest.length > 0;) {
    const run = runFrom(rest, 0, reactionTo);
    const reaction = reactionOf(run, reactionTo);
    const together = reaction === undefined ? run.length : await handledTogether(options, reaction, run);
    if (reaction !== undefined) options.onHandled(together);
    rest = rest.slice(together);
    if (reaction === undefined || together > 0) continue;
    const { done, failed } = await handledSingly(options, reaction, run);
    options.onHandled(done);
    rest = rest.slice(done);
    if (failed === null) continue;
    const line = lineOf(options.line, failed.event);
    await park(options.sql, options.name, rest.filter(({ event }) => lineOf(options.line, event) === line), failed.why);
    rest = rest.filter(({ event }) => lineOf(options.line, event) !== line);
  }
}

/** Reactions to several types may have one `reactAll`: types that alternate are then one run, as they are for a reaction to all of them. */
export const alike = (a: Reaction | undefined, b: Reaction | undefined): boolean => a === b || (a?.reactAll !== undefined && a.reactAll === b?.reactAll);


function runFrom(chain: readonly Placed[], start: number, reactionTo: (event: Event) => Reaction | undefined): readonly Placed[] {
  const reactionAt = (index: number): Reaction | undefined => { const placed = chain[index]; return placed && reactionTo(placed.event); };
  let end = start + 1;
  while (end < chain.length && end - start < RUN_MAX && alike(reactionAt(end), reactionAt(start))) end += 1;
  return chain.slice(start, end);
}

/** How many, from the first: all, none where one fails, and those before one that has to wait. With `all`, none then either. */
async function handledTogether({ name, onFailure }: HandlingOptions, { reactAll }: Reaction, run: Chain, how: 'all' | 'as many as can' = 'as many as can'): Promise<number> {
  for (let count = run.length; reactAll !== undefined && count > 1;) {
    const events = run.slice(0, count).map(({ event }) => event);
    try {
      await reacting(name, events, () => reactAll(events));
      return count;
    } catch (error) {
      if (!(error instanceof NotYet)) events.slice(0, 1).forEach((first) => onFailure(first, error, false));
      count = error instanceof NotYet && how !== 'all' ? Math.min(events.findIndex(({ id }) => id === error.eventId), count - 1) : 0;
    }
  }
  return 0;
}

interface Singly {
  readonly done: number;
  readonly failed: { readonly event: Event; readonly why: Why } | null;
}

async function handledSingly(options: HandlingOptions, reaction: Reaction, run: Chain): Promise<Singly> {
  for (const [done, { event }] of run.entries()) {
    try {
      await reacting(options.name, [event], () => reaction.react(event));
    } catch (error) {
      const waits = error instanceof NotYet;
      if (waits) options.onWaiting(event, error, 0);
      else options.onFailure(event, error, false);
      // it is not this event's fault: the whole batch comes again, in order, once the platform can work
      if (isPassing(error)) throw error;
      return { done, failed: { event, why: { message: messageOf(error), waits } } };
    }
  }
  return { done: run.length, failed: null };
}

/** A reaction acts for the organisations of what it is told, and for no other. */
const reacting = <T>(name: string, events: readonly Event[], react: () => Promise<T>): Promise<T> =>
  actingFor(events.map(({ organizationId }) => organizationId), () => consuming(name, events, react));

const MESSAGE_MAX = 2_000;
const messageOf = (error: unknown): string => ((error instanceof Error ? error.message : String(error)) || 'no message').slice(0, MESSAGE_MAX);
