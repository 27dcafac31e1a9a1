/** Metrics of a process that is one of several on one port: whichever of them is asked answers for all, by way of the process that started them. */
import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';
import { metrics } from './metrics.ts';

const ASK = 'pms metrics?';
const ANSWER = 'pms metrics';
const ANSWER_MS_MAX = 10_000;

interface Answer { readonly type: typeof ANSWER; readonly id: number; readonly text: string }

const isAsked = (message: unknown): message is { readonly id: number } => (message as { type?: unknown } | null)?.type === ASK;
const isAnswer = (message: unknown): message is Answer => (message as { type?: unknown } | null)?.type === ANSWER;

/** In the process that starts the workers. */
export function metricsOfWorkers(): void {
  const aggregator = new AggregatorRegistry();
  cluster.on('message', (worker: Worker, message: unknown) => {
    if (!isAsked(message)) return;
    const answer = (text: string): void => void (worker.isConnected() && worker.send({ type: ANSWER, id: message.id, text } satisfies Answer));
    aggregator.clusterMetrics().then(answer, () => answer(''));
  });
}

let lastId = 0;

/** In a worker the metrics of all, elsewhere those of this process. Rejects when no answer comes. */
export async function allMetrics(): Promise<string> {
  if (!cluster.isWorker) return metrics.metrics();
  const id = (lastId += 1);
  return new Promise((resolve, reject) => {
    const done = (settle: () => void): void => {
      clearTimeout(timer);
      process.off('message', hear);
      settle();
    };
    const hear = (message: unknown): void => {
      if (isAnswer(message) && message.id === id) done(() => resolve(message.text));
    };
    const timer = setTimeout(() => done(() => reject(new Error('the other workers gave no metrics in time'))), ANSWER_MS_MAX);
    process.on('message', hear);
    process.send?.({ type: ASK, id });
  });
}

/** In a worker, before it is asked: this is the registry that it answers for. */
export function answerForWorkers(): void {
  if (!cluster.isWorker) return;
  AggregatorRegistry.setRegistries(metrics);
  void new AggregatorRegistry(); // making one is what begins to listen
}
