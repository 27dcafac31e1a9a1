/** How a process reaches Kafka: addresses, TLS, and one of SASL's ways to say who it is; for Amazon MSK by the role that it runs as. */
import { readFileSync } from 'node:fs';
import type { Logger } from '@pms/telemetry/logger';
import kafkajs, { type KafkaConfig, type SASLOptions } from 'kafkajs'; // CommonJS: Node sees its names on the default alone
import { brokerLines, dropping } from './lines.ts';

export type KafkaLogin =
  | { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: string }
  /** Amazon MSK: signed with the credentials that the environment gives. */
  | { readonly mechanism: 'aws-iam'; readonly region: string };

export interface KafkaSettings {
  readonly brokers: readonly string[];
  /** Begins the name of every topic and group: platforms that share a cluster have different ones. */
  readonly prefix: string;
  /** null for a connection in the clear; `caFile` (PEM) where the system's certificates do not do. */
  readonly tls: { readonly caFile: string | null } | null;
  readonly login: KafkaLogin | null;
}

export type KafkaClient = ReturnType<typeof dropping>;

const CONNECT_MS_MAX = 5_000;
const REQUEST_MS_MAX = 30_000;
const RETRIES = 10;
const RETRY_FIRST_MS = 200;
const RETRY_MS_MAX = 2_000;

const LEVELS = { [kafkajs.logLevel.ERROR]: 'warn', [kafkajs.logLevel.WARN]: 'warn', [kafkajs.logLevel.INFO]: 'debug', [kafkajs.logLevel.DEBUG]: 'debug', [kafkajs.logLevel.NOTHING]: 'debug' } as const;

export function kafkaClient({ brokers, tls, login }: KafkaSettings, clientId: string, logger: Logger, { requestMsMax = REQUEST_MS_MAX } = {}): KafkaClient {
  const lines = brokerLines();
  const config: KafkaConfig = {
    clientId, brokers: [...brokers], connectionTimeout: CONNECT_MS_MAX, requestTimeout: requestMsMax, socketFactory: lines.socketFactory,
    retry: { retries: RETRIES, initialRetryTime: RETRY_FIRST_MS, maxRetryTime: RETRY_MS_MAX },
    ssl: sslOf(tls),
    // What it calls an error it tries again itself, so that it is a warning here; what it gives up is thrown.
    logCreator: () => ({ level, log: { message, error, ...fields } }) => logger[LEVELS[level]]({ broker: fields['broker'], groupId: fields['groupId'], cause: error }, `kafka: ${message}`),
    logLevel: kafkajs.logLevel.WARN,
  };
  return dropping(new kafkajs.Kafka(login === null ? config : { ...config, sasl: saslOf(login) }), lines);
}

/** `true` trusts what the system trusts. */
function sslOf(tls: KafkaSettings['tls']): NonNullable<KafkaConfig['ssl']> {
  if (tls === null) return false;
  return tls.caFile === null ? true : { ca: [readFileSync(tls.caFile, 'utf8')] };
}

function saslOf(login: KafkaLogin): SASLOptions {
  if (login.mechanism !== 'aws-iam') return login;
  return {
    mechanism: 'oauthbearer',
    async oauthBearerProvider() {
      const { generateAuthToken } = await import('aws-msk-iam-sasl-signer-js');
      const { token } = await generateAuthToken({ region: login.region });
      return { value: token };
    },
  };
}

export const topicOf = (prefix: string, publisher: string): string => `${prefix}events.${publisher}`;
export const deadTopicOf = (prefix: string, consumer: string): string => `${prefix}dead.${consumer}`;
export const groupIdOf = (prefix: string, consumer: string): string => `${prefix}${consumer}`;
