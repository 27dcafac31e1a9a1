/** Runs in a worker thread: one simulation, its progress through the port, its result as the return value. */
import type { MessagePort } from 'node:worker_threads';
import { monteCarlo, type MonteCarloInput, type MonteCarloResult } from '../domain/monte-carlo.ts';

export interface Task {
  readonly input: MonteCarloInput;
  readonly port: MessagePort;
}

export function simulate({ input, port }: Task): MonteCarloResult {
  const running = monteCarlo(input);
  for (;;) {
    const { done, value } = running.next();
    if (done === true) {
      port.close();
      return value;
    }
    port.postMessage(value);
  }
}
