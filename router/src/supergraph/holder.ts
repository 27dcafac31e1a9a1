/** Holds the engine in use and puts a new one in its place, only when the new one is whole. */
import type { Engine } from '../engine.ts';
import type { RouterLogger, RouterMetrics } from '../observe.ts';
import { firstSupergraph, type SupergraphSource, watchSupergraph } from './source.ts';

/** The old engine may still be planning for requests that have begun. */
const OLD_ENGINE_MS = 30_000;

export interface EngineHolder {
  current(): Engine;
  /** Rejects, and keeps what is in use, when the text is no supergraph. */
  reload(sdl: string): Promise<void>;
  onChange(listener: (engine: Engine) => void): () => void;
  close(): void;
}

export async function holdEngine(source: SupergraphSource, make: (sdl: string) => Promise<Engine>, logger: RouterLogger, metrics: RouterMetrics): Promise<EngineHolder> {
  let engine = await make(await firstSupergraph(source));
  const listeners = new Set<(engine: Engine) => void>();
  let turn: Promise<void> = Promise.resolve();

  const take = async (sdl: string): Promise<void> => {
    if (sdl === engine.sdl) return;
    const next = await make(sdl);
    const old = engine;
    engine = next;
    setTimeout(() => old.close(), OLD_ENGINE_MS).unref();
    metrics.reloads.inc({ outcome: 'taken' });
    logger.info({ planner: next.planner }, 'a new supergraph is in use');
    for (const listener of listeners) listener(next);
  };
  // One after another, so that the last one told of is the one in use.
  const reload = (sdl: string): Promise<void> => {
    const mine = turn.then(() => take(sdl));
    turn = mine.catch(() => {});
    return mine;
  };
  const stop = watchSupergraph(source, engine.sdl, (sdl) => reload(sdl).catch((error: unknown) => {
    metrics.reloads.inc({ outcome: 'refused' });
    logger.warn({ reason: error instanceof Error ? error.message : String(error) }, 'the supergraph file cannot be used; the last good one stays');
  }));

  return {
    current: () => engine,
    reload,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      stop();
      engine.close();
    },
  };
}
