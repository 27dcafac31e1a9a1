/**
 * How a process sends to Kafka: with an idempotent producer, and believing its client only what the answer shows. Where there is a doubt the batch is sent
 * again by another producer, and the inbox sees to what comes twice. Three things that the client does would lose what it says was sent:
 *
 * - It takes the sequence number of a batch back when its answer is lost, although the broker may have written it, and when an attempt fails that another
 *   one has overtaken. Were another batch of as many messages to go out under that number, the broker would take it for the first one, say yes, and write
 *   nothing. So to one topic one batch goes after another, and a producer of which a send failed or was tried more than once is given no other.
 * - When it tries again it leaves out the brokers that have answered. A partition that has moved to one of them meanwhile is sent to nobody. So what the
 *   answer names is compared with where the messages were to go.
 * - A message without a key goes to another partition each time that it is tried, and may be left out there. So it stays where it was put first.
 */
import { counter } from '@pms/telemetry/metrics';
import kafkajs, { type ICustomPartitioner, type Kafka, type Message, type PartitionerArgs, type Producer } from 'kafkajs'; // CommonJS: Node sees its names on the default alone

const unconfirmed = counter('pms_events_unconfirmed_total', "Batches that Kafka's client took for sent although no broker had answered for a part of them, by topic; they are sent again", ['topic']);

/** `send` rejects when not all of a batch is known to be written: all of it is to be sent again then. */
export function producing(kafka: Pick<Kafka, 'producer'>): Pick<Producer, 'connect' | 'disconnect' | 'send'> {
  let current = sender(kafka);
  const turns = new Map<string, Promise<unknown>>();

  const sendNow: Producer['send'] = (record) => {
    if (current.isDoubtful()) current = sender(kafka);
    return current.send(record);
  };
  return {
    connect: () => current.connect(),
    disconnect: () => current.disconnect(),
    send(record) {
      const before = turns.get(record.topic) ?? Promise.resolve();
      const own = before.then(() => sendNow(record));
      turns.set(record.topic, own.catch(() => undefined));
      return own;
    },
  };
}

interface Sender extends Pick<Producer, 'connect' | 'disconnect' | 'send'> {
  /** It is not to be given anything more; what it has under way it finishes, and then disconnects by itself. */
  isDoubtful(): boolean;
}

function sender(kafka: Pick<Kafka, 'producer'>): Sender {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false, createPartitioner });
  let connected: Promise<void> | null = null;
  let isDoubtful = false;
  let underWay = 0;

  const connect = async (): Promise<void> => {
    connected ??= producer.connect();
    await connected.catch((error: unknown) => {
      connected = null;
      throw error;
    });
  };
  const sent: Producer['send'] = async (record) => {
    await connect();
    const messages = record.messages.map((message): Placing => ({ ...message, [PLACE]: { at: null, asked: 0 } })); // its own: where each goes is remembered for this send alone
    const told = await producer.send({ ...record, messages });
    const answered = new Set(told.flatMap(({ partition, errorCode }) => (errorCode === 0 ? [partition] : [])));
    const missing = partitionsOf(messages).filter((partition) => partition === null || !answered.has(partition));
    if (missing.length > 0) {
      unconfirmed.inc({ topic: record.topic });
      throw new Error(`no broker answered for ${missing.map((partition) => `partition ${String(partition)}`).join(', ')} of ${record.topic}: the batch is to be sent again`);
    }
    isDoubtful ||= wereTriedAgain(messages);
    return told;
  };
  return {
    connect,
    isDoubtful: () => isDoubtful,
    disconnect: () => producer.disconnect(),
    async send(record) {
      underWay += 1;
      try {
        return await sent(record);
      } catch (error) {
        isDoubtful = true;
        throw error;
      } finally {
        underWay -= 1;
        if (isDoubtful && underWay === 0) producer.disconnect().catch(() => undefined);
      }
    },
  };
}

const PLACE = Symbol('where it was put');
/** Where a message was put, and how often that was asked: once for each attempt. */
type Placing = Message & { readonly [PLACE]: { at: number | null; asked: number } };

/** Each partition once; null for messages that were given none. */
const partitionsOf = (messages: readonly Placing[]): (number | null)[] => [...new Set(messages.map((message) => message[PLACE].at))];

const wereTriedAgain = (messages: readonly Placing[]): boolean => messages.some((message) => message[PLACE].asked > 1);

/** Partitions of keys that came before: the client works each out anew, and aggregates have many events. */
const KEYS_MAX = 10_000;

const createPartitioner: ICustomPartitioner = () => {
  const choose = kafkajs.Partitioners.DefaultPartitioner();
  const known = new Map<string, number>();
  let count = 0;

  const chosen = (args: PartitionerArgs): number => {
    const { message: { key, partition }, partitionMetadata } = args;
    if (typeof key !== 'string' || typeof partition === 'number') return choose(args);
    if (count !== partitionMetadata.length || known.size === KEYS_MAX) known.clear();
    count = partitionMetadata.length;
    const before = known.get(key);
    if (before !== undefined) return before;
    const now = choose(args);
    known.set(key, now);
    return now;
  };
  return (args) => {
    const place = (args.message as Placing)[PLACE]; // nothing else is given to its producer
    place.asked += 1;
    return place.at ??= chosen(args);
  };
};
