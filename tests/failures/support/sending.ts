/** Sends to topics past the proxies, and again while brokers are away because of another fault. What is sent twice so is judged by what is on the topics. */
import { kafkaClient } from '@pms/events/kafka/connection';
import { producing } from '@pms/events/kafka/producing';
import { silent } from '@pms/telemetry/logger';
import { type Cluster, PREFIX } from './cluster.ts';

type Producer = ReturnType<ReturnType<typeof kafkaClient>['producer']>;
type Sent = Parameters<Producer['send']>[0];
export type EventMessage = Sent['messages'][number];

const ATTEMPTS_MAX = 3;

/** Throws what the last attempt failed with; what went before it may have arrived. */
export async function sendTo(cluster: Pick<Cluster, 'kafkaBrokers'>, clientId: string, records: readonly Sent[]): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    // as the platform sends: the client alone says of messages that they were sent whose partition has moved between two attempts
    const producer = producing(kafkaClient({ brokers: cluster.kafkaBrokers, prefix: PREFIX, tls: null, login: null }, clientId, silent));
    try {
      await producer.connect();
      for (const record of records) await producer.send({ acks: -1, ...record });
      return;
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) throw error;
    } finally {
      await producer.disconnect().catch(() => undefined);
    }
  }
}
