/** One planner process a supergraph, however many routers of this process stand on it; it ends a while after the last. */
import { isolatedPlanner } from './isolated.ts';
import type { Planner } from './plan.ts';

const LINGER_MS = 5_000;

interface Shared { readonly planner: Promise<Planner>; users: number }

/** By planner and supergraph. The processes are this process's own, so what knows them is too. */
const running = new Map<string, Shared>();

/** Rejects when the planner cannot load the supergraph. */
export async function sharedPlanner(kind: Planner['name'], sdl: string): Promise<Planner> {
  const key = `${kind}\n${sdl}`;
  let shared = running.get(key);
  if (shared === undefined) running.set(key, shared = { planner: isolatedPlanner(kind, sdl), users: 0 });
  const mine = shared;
  mine.users += 1;
  let left = false;
  const leave = (): void => {
    if (left) return;
    left = true;
    mine.users -= 1;
    setTimeout(() => end(key, mine), LINGER_MS).unref();
  };
  try {
    const { plan, defers } = await mine.planner;
    return { name: kind, plan, defers, close: leave };
  } catch (error) {
    if (running.get(key) === mine) running.delete(key);
    throw error;
  }
}

function end(key: string, shared: Shared): void {
  if (shared.users > 0 || running.get(key) !== shared) return;
  running.delete(key);
  void shared.planner.then((planner) => planner.close());
}
