/**
 * The life of a process: what it opened is closed in reverse order, once, when it is told to end (Ctrl-C, SIGTERM, SIGHUP, the death of the
 * process that started it) or when something it did not expect happens. Bounded: what does not close in time is left to recovery.
 */
import cluster from 'node:cluster';
import { flushCompileCache } from 'node:module';
import process from 'node:process';
import type { Logger } from '@pms/telemetry/logger';
import { sentenceOf } from './sentences.ts';

const CLOSE_MAX_MS = 30_000;
/** A terminal and a parent may both pass one Ctrl-C on; a later one means that the person does not want to wait. */
const IMPATIENT_AFTER_MS = 1_500;
const EXIT_FAILED = 1;
const EXIT_INTERRUPTED = 130;

/** Thrown by `open` once the end has begun. */
class Ending extends Error {
  override readonly name = 'Ending';
}

export interface Lifetime {
  readonly ended: AbortSignal;
  /** Opens something, and remembers how to close it even if the end comes while it opens. Throws Ending afterwards. */
  open<T>(opening: () => Promise<T>, close: (opened: T) => unknown): Promise<T>;
  /** Closes everything and ends the process. */
  end(code: number): Promise<void>;
}

export interface LifetimeOptions {
  readonly logger: Logger;
  readonly say?: (line: string) => void;
}

/** Runs `work`, which opens what the process is for. What it cannot start is told in a sentence, and what it opened by then is closed. */
export async function living(options: LifetimeOptions, work: (life: Lifetime) => Promise<void>): Promise<void> {
  const life = lifetime(options);
  try {
    await work(life);
    flushCompileCache(); // now, since a process that is killed writes nothing at its end
  } catch (error) {
    if (error instanceof Ending || life.ended.aborted) return; // what fails once the end has begun fails because of it
    const sentence = sentenceOf(error);
    if (sentence !== null) console.error(`\n${sentence}`);
    else options.logger.fatal({ err: error }, 'could not start');
    await life.end(EXIT_FAILED);
  }
}

function lifetime({ logger, say = () => undefined }: LifetimeOptions): Lifetime {
  const end = new AbortController();
  const closers: (() => unknown)[] = [];
  const opening = new Set<Promise<unknown>>();

  const closeAll = async (): Promise<void> => {
    await Promise.allSettled(opening);
    for (const close of closers.toReversed()) {
      try {
        await close();
      } catch (error) {
        logger.error({ err: error }, 'a part did not close in good order');
      }
    }
  };
  const finish = async (code: number): Promise<void> => {
    if (end.signal.aborted) return;
    end.abort();
    const late = setTimeout(() => {
      say('Not everything closed in time; the next start recovers.');
      process.exit(EXIT_FAILED);
    }, CLOSE_MAX_MS);
    await closeAll();
    clearTimeout(late);
    process.exit(code);
  };
  obeySignals(finish, say);
  const broken = (error: unknown): void => {
    logger.fatal({ err: error }, 'unexpected, so the process ends');
    void finish(EXIT_FAILED);
  };
  process.on('uncaughtException', broken).on('unhandledRejection', broken);

  return {
    ended: end.signal,
    async open(start, close) {
      if (end.signal.aborted) throw new Ending();
      const started = start().then((opened) => {
        closers.push(() => close(opened));
        return opened;
      });
      opening.add(started);
      try {
        const opened = await started;
        if (end.signal.aborted) throw new Ending();
        return opened;
      } finally {
        opening.delete(started);
      }
    },
    end: finish,
  };
}

function obeySignals(finish: (code: number) => Promise<void>, say: (line: string) => void): void {
  let asked: number | null = null;
  const stop = (): void => {
    if (asked !== null && performance.now() - asked > IMPATIENT_AFTER_MS) process.exit(EXIT_INTERRUPTED);
    if (asked !== null) return;
    asked = performance.now();
    say('\nStopping: finishing what is under way, then the database …');
    void finish(0);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  // A terminal that is gone must not keep the process from ending well.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  if (process.channel !== undefined && process.channel !== null) {
    process.on('disconnect', stop);
    if (!cluster.isWorker) process.channel.unref(); // a worker listens by way of it
  }
}
