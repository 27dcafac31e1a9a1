/**
 * How a process sends to Kafka: with an idempotent producer, which is replaced when the broker no longer takes its sequence numbers. What it had sent is
 * then sent again, and the inbox sees to that.
 *
 * To one topic one batch goes after another. The client takes the sequence number of a batch back when its answer is lost, although the broker may have
 * written it; were another batch of as many messages to go out under that number before the first is repeated, the broker would take it for the first
 * one, say yes, and write nothing.
 */
import type { Kafka, Producer } from 'kafkajs';

export function producing(kafka: Pick<Kafka, 'producer'>): Pick<Producer, 'connect' | 'disconnect' | 'send'> {
  const made = (): Producer => kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
  let producer = made();
  const turns = new Map<string, Promise<unknown>>();

  const sendNow: Producer['send'] = async (record) => {
    const used = producer;
    try {
      return await used.send(record);
    } catch (error) {
      if (producer === used) {
        producer = made();
        used.disconnect().catch(() => undefined);
        await producer.connect();
      }
      throw error;
    }
  };
  return {
    connect: () => producer.connect(),
    disconnect: () => producer.disconnect(),
    send(record) {
      const before = turns.get(record.topic) ?? Promise.resolve();
      const own = before.then(() => sendNow(record));
      turns.set(record.topic, own.catch(() => undefined));
      return own;
    },
  };
}
