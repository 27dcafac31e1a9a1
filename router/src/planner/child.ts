/**
 * The process in which operations are planned. A planner may die of an operation or think about it for ever; here
 * that costs this process, and not the router. Started by isolated.ts; ends when the router does.
 */
import type { FromChild, ToChild } from './isolated.ts';
import type { PlanOperation } from './plan.ts';

let plan: PlanOperation | undefined;

const say = (message: FromChild): void => void process.send?.(message);

async function load({ kind, sdl }: Extract<ToChild, { kind: string }>): Promise<void> {
  try {
    plan = kind === 'native' ? (await import('./native.ts')).nativePlanner(sdl) : (await import('./apollo.ts')).apolloPlanner(sdl);
    say({ ready: true });
  } catch (error) {
    say({ ready: false, reason: String(error) });
  }
}

async function answer({ id, operation, conditions }: Extract<ToChild, { id: number }>): Promise<void> {
  try {
    if (plan === undefined) throw new Error('the planner is not loaded');
    say({ id, plan: await plan(operation, conditions) });
  } catch (error) {
    say({ id, failed: error instanceof Error ? error.message : String(error) });
  }
}

process.on('message', (message: ToChild) => void ('kind' in message ? load(message) : answer(message)));
process.on('disconnect', () => process.exit(0));
// A signal to the whole group (Ctrl-C) is the router's to answer: it still plans while it drains.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
