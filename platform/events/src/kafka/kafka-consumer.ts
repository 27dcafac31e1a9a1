/**
 * One domain's consumer group: messages of a partition in order, handled as `handling` does, their offset committed once they are handled or parked. The
 * offset may be behind what was handled (a crash, a rebalance in between), never ahead. While the database is away the partition is paused, and nothing is lost or skipped.
 */
import { counter } from '@pms/telemetry/metrics';
import type { Logger } from '@pms/telemetry/logger';
import type { Consumer as KafkaConsumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { Reaction } from '../bus.ts';
import { publisherOf } from '../envelope.ts';
import { type Handling, RUN_MAX } from '../handling.ts';
import type { Placed } from '../parking.ts';
import { eventIn } from './cloud-event.ts';
import { merged } from './merged.ts';

const PAUSE_FIRST_MS = 250;
const PAUSE_MS_MAX = 15_000;
/** What arrives together is handled together: a partition by itself has few messages, and each transaction and each commit of offsets costs the same. */
const PARTITIONS_AT_ONCE = 64;
const MERGED_AT_ONCE = 2;
const MERGED_MAX = 2_000;
/** More domains than there will be: positions of two of them never meet. */
const PUBLISHERS_MAX = 64;

const poison = counter('pms_events_poison_total', 'Messages that are no event and were put aside, by consumer', ['consumer']);
const paused = counter('pms_events_paused_total', 'Times that a partition was left alone because its events could not be handled or parked, by consumer', ['consumer']);

export interface KafkaConsumerOptions {
  readonly kafka: KafkaConsumer;
  readonly name: string;
  /** Every domain with a topic: its place in this list is a part of positions. */
  readonly publishers: readonly string[];
  readonly reactions: readonly Reaction[];
  readonly topicOf: (publisher: string) => string;
  readonly handling: Handling;
  readonly logger: Logger;
  /** Keeps a message that is no event, with why. Rejects when it could not be kept. */
  readonly putAside: (message: KafkaMessage, from: { readonly topic: string; readonly partition: number }, reason: string) => Promise<void>;
}

/** Domains that say something that the reactions hear. */
export function heardPublishers(publishers: readonly string[], reactions: readonly Reaction[]): readonly string[] {
  if (reactions.some(({ type }) => type === '*')) return publishers;
  return publishers.filter((domain) => reactions.some(({ type }) => publisherOf(type) === domain));
}

export async function consume(options: KafkaConsumerOptions): Promise<void> {
  const { kafka, publishers, reactions, topicOf } = options;
  const publisherAt = new Map(publishers.map((publisher, at) => [topicOf(publisher), at]));
  const types = reactions.some(({ type }) => type === '*') ? null : new Set(reactions.map(({ type }) => type));
  await kafka.subscribe({ topics: heardPublishers(publishers, reactions).map(topicOf), fromBeginning: true });
  const failures = new Map<string, number>();
  const together = merged((parts: readonly Part[]) => handled(options, parts), { atOnce: MERGED_AT_ONCE, sizeOf: ({ run }) => run.length, sizeMax: MERGED_MAX });
  await kafka.run({
    autoCommit: false, partitionsConsumedConcurrently: PARTITIONS_AT_ONCE, eachBatchAutoResolve: false,
    async eachBatch(payload) {
      const { batch: { topic, partition, messages } } = payload;
      const place = `${topic} ${partition}`;
      try {
        for (let from = 0; from < messages.length; from += RUN_MAX) {
          if (isOver(payload)) return;
          const run = messages.slice(from, from + RUN_MAX);
          await together({ payload, run, placed: await placedIn(run, payload, { options, publisher: publisherAt.get(topic) ?? 0, types }) });
          failures.delete(place);
        }
      } catch (error) {
        const ofGroup = aboutTheGroup(error);
        if (ofGroup !== null) throw ofGroup;
        const before = failures.get(place) ?? 0;
        failures.set(place, before + 1);
        pauseFor(Math.min(PAUSE_MS_MAX, PAUSE_FIRST_MS * 2 ** before), payload, options, error);
      }
    },
  });
}

/** Messages of one partition, and the events that are heard among them. */
interface Part { readonly payload: EachBatchPayload; readonly run: readonly KafkaMessage[]; readonly placed: readonly Placed[] }

const isOver = ({ isRunning, isStale }: EachBatchPayload): boolean => !isRunning() || isStale();

/** Of many partitions together: one transaction, and one commit of their offsets. A partition that was taken away meanwhile is left to who has it now. */
async function handled({ kafka, handling }: KafkaConsumerOptions, all: readonly Part[]): Promise<void> {
  const parts = all.filter(({ payload }) => !isOver(payload));
  await handling.handle(parts.flatMap(({ placed }) => placed));
  await kafka.commitOffsets(parts.flatMap(({ payload: { batch: { topic, partition } }, run }) => run.slice(-1).map(({ offset }) => ({ topic, partition, offset: String(BigInt(offset) + 1n) }))));
  for (const { payload: { resolveOffset }, run } of parts) for (const { offset } of run.slice(-1)) resolveOffset(offset);
  await parts[0]?.payload.heartbeat();
}

const GROUP_ERRORS = new Set<unknown>(['NOT_COORDINATOR_FOR_GROUP', 'REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID']);
const CAUSES_MAX = 5;

/**
 * What a broker said of the group when offsets were committed, which the client mends by joining it again, and by that alone: it goes on committing at the
 * broker that coordinated the group when it joined, as long as that one is there. Wrapped, as it is after many attempts, the client would not know it. Null for all else.
 */
function aboutTheGroup(error: unknown): Error | null {
  let next: unknown = error;
  for (let depth = 0; depth < CAUSES_MAX && next instanceof Error; depth += 1) {
    if ('type' in next && GROUP_ERRORS.has(next.type)) return next;
    next = next.cause;
  }
  return null;
}

/** Nothing was committed: what could not be handled comes again when the partition is taken up. */
function pauseFor(ms: number, { pause }: EachBatchPayload, { name, logger }: KafkaConsumerOptions, error: unknown): void {
  paused.inc({ consumer: name });
  logger.warn({ consumer: name, err: error, ms }, 'a partition waits: its events could neither be handled nor parked');
  const resume = pause();
  setTimeout(resume, ms).unref();
}

/** Digits of a number that, times the number of publishers, is exact as it is: BigInt costs ten times as much. */
const PLAIN_DIGITS_MAX = 13;
const positionOf = (sequence: string, publisher: number): string =>
  (sequence.length > PLAIN_DIGITS_MAX ? String(BigInt(sequence) * BigInt(PUBLISHERS_MAX) + BigInt(publisher)) : String(Number(sequence) * PUBLISHERS_MAX + publisher));

interface Reading { readonly options: KafkaConsumerOptions; readonly publisher: number; readonly types: ReadonlySet<string> | null }

async function placedIn(messages: readonly KafkaMessage[], { batch: { topic, partition } }: EachBatchPayload, { options, publisher, types }: Reading): Promise<Placed[]> {
  const placed: Placed[] = [];
  for (const message of messages) {
    try {
      const { event, sequence } = eventIn(message.value?.toString() ?? '');
      if (types === null || types.has(event.type)) placed.push({ position: positionOf(sequence, publisher), event });
    } catch (error) {
      poison.inc({ consumer: options.name });
      const reason = error instanceof Error ? error.message : String(error);
      options.logger.error({ consumer: options.name, topic, partition, offset: message.offset, reason }, 'a message is no event: it is put aside');
      await options.putAside(message, { topic, partition }, reason);
    }
  }
  return placed;
}
