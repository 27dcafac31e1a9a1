/** `pms topics`: makes the topics that are declared in infra/kafka/topics.yaml, and says what is otherwise than declared. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { kafkaClient } from '@pms/events/kafka/connection';
import { applyTopics, declaredTopics, type TopicsApplied } from '@pms/events/kafka/topics';
import { StartError } from '@pms/prisma/embedded';
import { logger } from '@pms/telemetry/logger';
import { parse } from 'yaml';
import type { Environment } from './environment.ts';

const DECLARED = path.resolve(import.meta.dirname, '../infra/kafka/topics.yaml');

/** Throws StartError where there is no Kafka, or no answer from it. */
export async function topicsApplied({ kafka, logLevel }: Environment, file = DECLARED): Promise<TopicsApplied> {
  if (kafka === null) throw new StartError('There is no Kafka: set KAFKA_BROKERS.');
  // what the client only tries again (a broker that has not heard of a new topic yet) is nobody's concern here: what fails for good is thrown
  const admin = kafkaClient(kafka, 'pms-topics', logger({ level: logLevel === 'warn' || logLevel === 'info' ? 'error' : logLevel, process: 'topics' })).admin();
  try {
    await admin.connect();
    return await applyTopics(admin, declaredTopics(parse(readFileSync(file, 'utf8')), kafka.prefix));
  } catch (error) {
    throw new StartError(`The topics could not be applied: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    await admin.disconnect();
  }
}

export async function applyDeclared(environment: Environment, file: string | undefined): Promise<void> {
  const { made, changed, refused, asDeclared } = await topicsApplied(environment, file);
  for (const name of made) console.log(`made      ${name}`);
  for (const line of changed) console.log(`changed   ${line}`);
  for (const line of refused) console.log(`refused   ${line}`);
  console.log(`${String(made.length)} made, ${String(changed.length)} settings changed, ${String(refused.length)} refused, ${String(asDeclared)} as declared`);
  if (refused.length > 0) process.exitCode = 1;
}
