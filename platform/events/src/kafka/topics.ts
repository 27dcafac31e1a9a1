/** Topics as they are declared, and how they come to be: missing ones are made, their settings brought in line; what would lose data or move keys is refused by name. */
import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Admin, type ITopicMetadata } from 'kafkajs'; // CommonJS: Node sees its names on the default alone
import { z } from 'zod';

const config = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));
const PARTITIONS_MAX = 1_000;
const partitions = z.int().min(1).max(PARTITIONS_MAX);
const replication = z.int().min(1).max(9);

const declaration = z.strictObject({
  defaults: z.strictObject({ partitions, replicationFactor: replication, config: config.default({}) }),
  topics: z.array(z.strictObject({ name: z.string().regex(/^[a-z][\w.-]*$/), partitions: partitions.optional(), replicationFactor: replication.optional(), config: config.default({}) })).min(1),
});

export interface DeclaredTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly config: Readonly<Record<string, string>>;
}

/** Of infra/kafka/topics.yaml, read by a YAML parser. Throws ZodError, and an Error for a name that stands twice. */
export function declaredTopics(file: unknown, prefix: string): readonly DeclaredTopic[] {
  const { defaults, topics } = declaration.parse(file);
  const names = new Set<string>();
  return topics.map(({ name, partitions: own, replicationFactor, config: special }) => {
    if (names.has(name)) throw new Error(`the topic ${name} is declared twice`);
    names.add(name);
    return { name: prefix + name, partitions: own ?? defaults.partitions, replicationFactor: replicationFactor ?? defaults.replicationFactor, config: { ...defaults.config, ...special } };
  });
}

export interface TopicsApplied {
  readonly made: readonly string[];
  /** `<topic> <setting>: <before> → <after>`. */
  readonly changed: readonly string[];
  /** What is otherwise than declared, and is left so. */
  readonly refused: readonly string[];
  readonly asDeclared: number;
}

/** With fewer brokers than replicas asked for, as many as there are: a laptop has one. */
export async function applyTopics(admin: Admin, declared: readonly DeclaredTopic[]): Promise<TopicsApplied> {
  const { brokers } = await admin.describeCluster();
  const there = new Set(await admin.listTopics());
  const wanted = declared.map((topic) => within(topic, brokers.length));
  const missing = wanted.filter(({ name }) => !there.has(name));
  if (missing.length > 0) {
    await admin.createTopics({
      waitForLeaders: false, // kafkajs gives up where a broker that it asks has not heard of the topic yet
      topics: missing.map(({ name, partitions: numPartitions, replicationFactor, config: entries }) => ({ topic: name, numPartitions, replicationFactor, configEntries: entriesOf(entries) })),
    });
    await led(admin, missing.map(({ name }) => name));
  }
  const found = wanted.filter(({ name }) => there.has(name));
  const { changed, refused } = await broughtInLine(admin, found);
  return { made: missing.map(({ name }) => name), changed, refused, asDeclared: found.length - new Set([...changed, ...refused].map((line) => line.split(' ')[0])).size };
}

const LED_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 100;
/** What brokers say of a topic that was made a moment ago. */
const NOT_YET = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE']);

/** What the brokers know of topics that are there, once each partition of theirs has a leader. */
async function led(admin: Admin, topics: string[]): Promise<readonly ITopicMetadata[]> {
  for (const end = performance.now() + LED_WITHIN_MS; ; await delay(LOOK_EVERY_MS)) {
    try {
      const { topics: found } = await admin.fetchTopicMetadata({ topics });
      if (found.every(({ partitions: all }) => all.length > 0 && all.every(({ leader }) => leader >= 0)) || performance.now() > end) return found;
    } catch (error) {
      if (!NOT_YET.has(String((error as { type?: unknown }).type)) || performance.now() > end) throw error;
    }
  }
}

const MIN_IN_SYNC = 'min.insync.replicas';

function within(topic: DeclaredTopic, brokers: number): DeclaredTopic {
  const replicationFactor = Math.min(topic.replicationFactor, brokers);
  const least = Number(topic.config[MIN_IN_SYNC] ?? 1);
  return { ...topic, replicationFactor, config: { ...topic.config, [MIN_IN_SYNC]: String(Math.max(1, Math.min(least, replicationFactor - (replicationFactor > 1 ? 1 : 0)))) } };
}

const entriesOf = (settings: Readonly<Record<string, string>>): { name: string; value: string }[] => Object.entries(settings).map(([name, value]) => ({ name, value }));

async function broughtInLine(admin: Admin, topics: readonly DeclaredTopic[]): Promise<Pick<TopicsApplied, 'changed' | 'refused'>> {
  if (topics.length === 0) return { changed: [], refused: [] };
  const changed: string[] = [];
  const refused: string[] = [];
  const metadata = await led(admin, topics.map(({ name }) => name));
  const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: topics.map(({ name }) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })) });
  for (const topic of topics) {
    refused.push(...immovable(topic, metadata.find(({ name }) => name === topic.name)?.partitions ?? []));
    const settings = new Map(resources.find(({ resourceName }) => resourceName === topic.name)?.configEntries.map(({ configName, configValue }) => [configName, configValue]));
    const different = entriesOf(topic.config).filter(({ name, value }) => settings.get(name) !== value);
    for (const { name, value } of different) changed.push(`${topic.name} ${name}: ${settings.get(name) ?? 'unset'} → ${value}`);
    // All of them: what is left out of such a request goes back to the broker's own.
    if (different.length > 0) await admin.alterConfigs({ validateOnly: false, resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic.name, configEntries: entriesOf(topic.config) }] });
  }
  return { changed, refused };
}

function immovable({ name, partitions: wanted, replicationFactor }: DeclaredTopic, now: readonly { readonly replicas: readonly number[] }[]): string[] {
  const replicas = now[0]?.replicas.length ?? 0;
  return [
    ...(now.length === wanted ? [] : [`${name} has ${now.length} partitions and is declared with ${wanted}: a key would move to another, and its order be lost`]),
    ...(replicas === replicationFactor ? [] : [`${name} has ${replicas} replicas and is declared with ${replicationFactor}: reassign them with Kafka's own tools`]),
  ];
}
