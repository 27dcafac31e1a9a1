/**
 * Runs a planner in a process of its own and brings it back when it dies. A valid operation exists that aborts the
 * native planner's process, and others take any planner minutes: neither may reach the router.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { tooComplex } from '../security/limits.ts';
import type { PlanConditions, Planner, QueryPlan } from './plan.ts';

/** The native planner is fast or, now and then, without end: the other one is asked soon. */
const PLAN_MS_MAX = { native: 2_000, apollo: 5_000 };
const LOAD_MS_MAX = 30_000;
const PENDING_MAX = 1_000;
const DEATHS_PER_MINUTE_MAX = 10;
const MINUTE_MS = 60_000;
const CHILD_HEAP_MEGABYTES_MAX = 512;

export type ToChild = { readonly kind: Planner['name']; readonly sdl: string } | { readonly id: number; readonly operation: string; readonly conditions: PlanConditions };
export type FromChild =
  | { readonly ready: true }
  | { readonly ready: false; readonly reason: string }
  | { readonly id: number; readonly plan: QueryPlan }
  | { readonly id: number; readonly failed: string };

interface Waiting {
  resolve(plan: QueryPlan): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

/** Rejects when the planner cannot load the supergraph. */
export async function isolatedPlanner(kind: Planner['name'], sdl: string): Promise<Planner> {
  const waiting = new Map<number, Waiting>();
  let deaths: number[] = [];
  let closed = false;
  let lastId = 0;
  let child: Promise<ChildProcess> = start();
  await child;

  /** The child that died took every operation with it that it was asked for. */
  function start(): Promise<ChildProcess> {
    const started = load(kind, sdl, (message) => settle(waiting, message), () => {
      for (const { reject, timer } of waiting.values()) {
        clearTimeout(timer);
        reject(new Error('the planner died'));
      }
      waiting.clear();
      deaths = [...deaths.filter((at) => at > Date.now() - MINUTE_MS), Date.now()];
      if (!closed) child = deaths.length > DEATHS_PER_MINUTE_MAX ? later() : start();
      child.catch(() => {}); // whoever plans next hears of it
    });
    return started;
  }

  const later = (): Promise<ChildProcess> => Promise.reject(new Error('the planner dies too often; it is left alone for a minute'));

  return {
    name: kind, defers: kind === 'apollo',
    async plan(operation, conditions) {
      if (deaths.length > DEATHS_PER_MINUTE_MAX && (deaths.at(-1) ?? 0) < Date.now() - MINUTE_MS) {
        deaths = [];
        child = start();
      }
      const running = await child;
      if (waiting.size >= PENDING_MAX) throw new Error('too many operations wait for the planner');
      return new Promise((resolve, reject) => {
        const id = (lastId += 1);
        const timer = setTimeout(() => {
          waiting.delete(id);
          reject(tooComplex('planning time in milliseconds', PLAN_MS_MAX[kind], PLAN_MS_MAX[kind]));
          running.kill('SIGKILL');
        }, PLAN_MS_MAX[kind]);
        waiting.set(id, { resolve, reject, timer });
        running.send({ id, operation, conditions } satisfies ToChild);
      });
    },
    close() {
      closed = true;
      void child.then((running) => running.disconnect(), () => {});
    },
  };
}

function settle(waiting: Map<number, Waiting>, message: FromChild): void {
  if (!('id' in message)) return;
  const one = waiting.get(message.id);
  if (one === undefined) return;
  waiting.delete(message.id);
  clearTimeout(one.timer);
  if ('plan' in message) one.resolve(message.plan);
  else one.reject(new Error(message.failed));
}

function load(kind: Planner['name'], sdl: string, heard: (message: FromChild) => void, died: () => void): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('./child.ts', import.meta.url), [], {
      execArgv: [`--max-old-space-size=${CHILD_HEAP_MEGABYTES_MAX}`], stdio: ['ignore', 'ignore', 'ignore', 'ipc'], env: {},
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), LOAD_MS_MAX);
    let ready = false;
    child.on('message', (message: FromChild) => {
      if (!('ready' in message)) return heard(message);
      clearTimeout(timer);
      ready = message.ready;
      if (!message.ready) {
        reject(new Error(message.reason));
        child.disconnect();
        return;
      }
      // A planner that waits must not keep the router's process alive.
      child.unref();
      child.channel?.unref();
      resolve(child);
    });
    child.on('error', reject);
    child.on('exit', () => {
      clearTimeout(timer);
      reject(new Error(`the ${kind} planner's process did not start`));
      if (ready) died();
    });
    child.send({ kind, sdl } satisfies ToChild);
  });
}
