/** The variables that say how Kafka is reached. */
import type { KafkaLogin, KafkaSettings } from '@pms/events/kafka/connection';
import { StartError } from '@pms/prisma/embedded';
import { z } from 'zod';

const nonEmpty = z.string().trim().min(1);
const ADDRESS = /^[^\s:,]+:\d{1,5}$/;

export const kafkaVariables = {
  KAFKA_BROKERS: nonEmpty.transform((text) => text.split(',').map((one) => one.trim())).refine((all) => all.every((one) => ADDRESS.test(one)), 'is <host>:<port>,<host>:<port>').nullable().default(null),
  KAFKA_PREFIX: z.string().regex(/^[\w.-]*$/).default('pms.'),
  KAFKA_TLS: z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1').default(false),
  KAFKA_CA_FILE: nonEmpty.nullable().default(null),
  KAFKA_SASL: z.enum(['plain', 'scram-sha-256', 'scram-sha-512', 'aws-iam']).nullable().default(null),
  KAFKA_USERNAME: nonEmpty.nullable().default(null),
  KAFKA_PASSWORD: nonEmpty.nullable().default(null),
  AWS_REGION: nonEmpty.nullable().default(null),
};

interface Values {
  readonly KAFKA_BROKERS: readonly string[] | null;
  readonly KAFKA_PREFIX: string;
  readonly KAFKA_TLS: boolean;
  readonly KAFKA_CA_FILE: string | null;
  readonly KAFKA_SASL: KafkaLogin['mechanism'] | null;
  readonly KAFKA_USERNAME: string | null;
  readonly KAFKA_PASSWORD: string | null;
  readonly AWS_REGION: string | null;
}

/** Null where no broker is named. Throws StartError for a login that lacks a part. */
export function kafkaFrom(values: Values): KafkaSettings | null {
  const { KAFKA_BROKERS: brokers, KAFKA_PREFIX: prefix, KAFKA_TLS: tls, KAFKA_CA_FILE: caFile } = values;
  if (brokers === null) return null;
  const login = loginFrom(values);
  return { brokers, prefix, login, tls: tls || caFile !== null || login?.mechanism === 'aws-iam' ? { caFile } : null };
}

function loginFrom({ KAFKA_SASL: mechanism, KAFKA_USERNAME: username, KAFKA_PASSWORD: password, AWS_REGION: region }: Values): KafkaLogin | null {
  if (mechanism === null) return null;
  if (mechanism === 'aws-iam') {
    if (region === null) throw new StartError('KAFKA_SASL=aws-iam wants AWS_REGION.');
    return { mechanism, region };
  }
  if (username === null || password === null) throw new StartError(`KAFKA_SASL=${mechanism} wants KAFKA_USERNAME and KAFKA_PASSWORD.`);
  return { mechanism, username, password };
}

/** For a person; without the password. */
export function shownKafka({ brokers, prefix, tls, login }: KafkaSettings): string {
  const who = login === null ? '' : ` as ${login.mechanism === 'aws-iam' ? `its AWS role in ${login.region}` : `${login.username} (${login.mechanism})`}`;
  return `${brokers.join(', ')}${tls === null ? '' : ' over TLS'}${who}, names begin with "${prefix}"`;
}
