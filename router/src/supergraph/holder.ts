/** Holds the engine in use and puts a new one in its place, only when the new one is whole and knows how to do what is asked most. */
import type { Engine } from '../engine.ts';
import type { RouterLogger, RouterMetrics } from '../observe.ts';
import type { SupergraphSettings } from './settings.ts';
import { openSource, type SupergraphSource } from './source.ts';
import { warm } from './warm.ts';

export interface EngineHolder {
  current(): Engine;
  /** Rejects, and keeps what is in use, when the text is no supergraph. Resolves, too, when a newer one was taken before it. */
  reload(sdl: string): Promise<void>;
  onChange(listener: (engine: Engine) => void): () => void;
  close(): void;
}

export interface HolderOptions {
  readonly source: SupergraphSource;
  readonly settings: SupergraphSettings;
  readonly make: (sdl: string) => Promise<Engine>;
  readonly logger: RouterLogger;
  readonly metrics: RouterMetrics;
}

interface Waiting {
  readonly sdl: string;
  resolve(): void;
  reject(reason: unknown): void;
}

export async function holdEngine({ source, settings, make, logger, metrics }: HolderOptions): Promise<EngineHolder> {
  const opened = await openSource(source, settings);
  let engine = await make(opened.sdl);
  const listeners = new Set<(engine: Engine) => void>();
  const waiting: Waiting[] = [];
  let taking = false;
  let closed = false;

  const take = async (sdl: string): Promise<void> => {
    if (sdl === engine.sdl) return;
    const next = await make(sdl);
    const ready = await warm(next, engine, { operationsMax: settings.warmOperations, msMax: settings.warmMsMax });
    if (closed) return next.close();
    const old = engine;
    engine = next;
    metrics.reloads.inc({ outcome: 'taken' });
    logger.info({ planner: next.planner, warmed: ready }, 'a new supergraph is in use');
    for (const listener of listeners) listener(next);
    old.close(); // when its last request and its last subscription have ended
  };
  /** Of those that wait the newest goes first: when it is good, those before it need not be tried any more. */
  const takeAll = async (): Promise<void> => {
    if (taking) return;
    taking = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0).toReversed();
      let good = false;
      for (const { sdl, resolve, reject } of batch) {
        try {
          if (!good) await take(sdl);
          good = true;
          resolve();
        } catch (error) {
          reject(error);
        }
      }
    }
    taking = false;
  };
  const reload = (sdl: string): Promise<void> => new Promise((resolve, reject) => {
    waiting.push({ sdl, resolve, reject });
    void takeAll();
  });
  const stop = opened.watch({
    changed: (sdl) => reload(sdl).catch((error: unknown) => {
      metrics.reloads.inc({ outcome: 'refused' });
      logger.warn({ reason: error instanceof Error ? error.message : String(error) }, 'the supergraph cannot be used; the last good one stays');
    }),
    unreachable(reason) {
      metrics.reloads.inc({ outcome: 'unreachable' });
      logger.warn({ reason }, 'the supergraph’s address cannot be reached; the last good one stays');
    },
  });

  return {
    current: () => engine,
    reload,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      closed = true;
      stop();
      engine.close();
    },
  };
}
