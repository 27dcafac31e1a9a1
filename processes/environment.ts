/** process.env as one typed object: read here and nowhere else, validated, and printed at start with its secrets masked. */
import path from 'node:path';
import { z } from 'zod';
import type { KafkaSettings } from '@pms/events/kafka/connection';
import { StartError } from '@pms/prisma/embedded';
import type { CheckpointBucket } from '@pms/subgraph/subgraph';
import { checkpointPlace, checkpointVariables } from './checkpoint-place.ts';
import { kafkaFrom, kafkaVariables, shownKafka } from './kafka-environment.ts';
import { type RedisEnvironment, redisFrom, redisVariables } from './redis-environment.ts';

const PORT_MAX = 65_535;
/** Of the platform as clients see it. */
const PUBLIC_PORT = 4_000;
/** Of a domain's own process; what the composed supergraph says, too. */
const SUBGRAPH_PORT = 4_001;
/** Of the traces that begin here, where a collector is configured and nothing else is said. */
const TRACED = 0.01;
/** Of events that were handled; of Kafka's topics it is 7. */
const KEEP_DAYS = 30;
const KEEP_DAYS_MIN = 8;
/** How long a query with a consistency token waits. */
const CONSISTENCY_MS = 5_000;
const CONSISTENCY_MS_MAX = 25_000;
const port = z.coerce.number().int().min(0).max(PORT_MAX);
const flag = z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1');
const nonEmpty = z.string().trim().min(1);
const httpUrl = z.url({ protocol: /^https?$/ });

const variables = z.object({
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
  HOST: nonEmpty.default('127.0.0.1'),
  PORT: port.optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).nullable().default(null),
  EVENTS_KEEP_DAYS: z.coerce.number().int().refine((days) => days === 0 || days >= KEEP_DAYS_MIN, `is 0, or ${String(KEEP_DAYS_MIN)} or more: Kafka must have forgotten an event before its inbox row goes`).default(KEEP_DAYS),
  DATABASE_READ_URL: z.url({ protocol: /^postgres(ql)?$/ }).nullable().default(null),
  CONSISTENCY_WAIT_MS: z.coerce.number().int().min(0).max(CONSISTENCY_MS_MAX).default(CONSISTENCY_MS),
  PMS_DATABASE_PORT: port.nullable().default(null),
  PMS_HOME: nonEmpty.default(path.resolve(import.meta.dirname, '../.pms')),
  ...checkpointVariables,
  PMS_DEMO: flag.optional(),
  PUBLIC_URL: httpUrl.optional(),
  AUTH_ISSUER: httpUrl.nullable().default(null),
  AUTH_JWKS_URL: httpUrl.nullable().default(null),
  SUPERGRAPH: nonEmpty.default(path.resolve(import.meta.dirname, '../schema/supergraph.graphql')),
  SUPERGRAPH_TOKEN: nonEmpty.nullable().default(null),
  ROUTER_CONFIG: nonEmpty.nullable().default(null),
  FIX_CONFIG: nonEmpty.nullable().default(null),
  ...redisVariables,
  IDENTITY_PROVIDERS: nonEmpty.nullable().default(null),
  PMS_TLS_CERT_FILE: nonEmpty.nullable().default(null),
  PMS_TLS_KEY_FILE: nonEmpty.nullable().default(null),
  PMS_TLS_CA_FILE: nonEmpty.nullable().default(null),
  ...kafkaVariables,
  PMS_RATE_LIMIT: z.string().regex(/^\d+\/\d+$/, 'is <requests>/<seconds>').optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.nullable().default(null),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(TRACED),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'fatal', 'silent']).optional(),
});

export interface Environment extends RedisEnvironment {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** A Postgres of one's own; `null` runs the embedded one in `home`. */
  readonly databaseUrl: string | null;
  /** A replica of it, which queries read; `null` reads the primary. */
  readonly databaseReadUrl: string | null;
  readonly consistencyMs: number;
  /** How long events that were delivered, and the records of having handled one, are kept; 0 for ever. */
  readonly keepDays: number;
  readonly databasePort: number | null;
  /** Where the embedded database and the generated secrets live. */
  readonly home: string;
  /** Where checkpoints of the audit trail are written: a folder or a bucket. */
  readonly auditCheckpoints: string | CheckpointBucket;
  readonly demo: boolean;
  /** The address that clients use. */
  readonly publicUrl: string;
  /** The issuer named on the outside; `null` where none was configured. */
  readonly issuer: string | null;
  /** Where the issuer's keys are fetched. */
  readonly jwksUrl: string | null;
  /** A file's path, or an address. */
  readonly supergraph: string;
  /** Sent as a bearer token to the supergraph's address. */
  readonly supergraphToken: string | null;
  /** The router's settings, a YAML or JSON file; `null` where there is none. */
  readonly routerConfig: string | null;
  /** FIX sessions, a YAML or JSON file; `null` where there are none. */
  readonly fixConfig: string | null;
  /** Organisations' own OpenID providers, a YAML or JSON file; `null` where there are none. */
  readonly identityProviders: string | null;
  /** Between the platform's own processes: the certificate of this one, and (with a CA) of whom it talks to; `null` is plain HTTP. */
  readonly tls: { readonly certFile: string; readonly keyFile: string; readonly caFile: string | null } | null;
  /** What carries events between processes; `null` delivers them out of the database. */
  readonly kafka: KafkaSettings | null;
  /** Where spans are sent, and the part of the traces that is recorded, 0 to 1; `null` records nothing. */
  readonly tracing: { readonly endpoint: string; readonly ratio: number } | null;
  /** Of each client; `null` is the router's own. */
  readonly rateLimit: { readonly points: number; readonly windowSeconds: number } | null;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** Subgraph addresses that replace those of the supergraph, from SUBGRAPH_URL_<NAME>; by name. */
  readonly subgraphUrls: ReadonlyMap<string, string>;
  /** Secrets given from outside, from PMS_SECRET_<NAME>; by name. */
  readonly secrets: ReadonlyMap<string, string>;
}

export interface Chosen {
  readonly port?: number;
  readonly demo?: boolean;
  /** A process that clients do not reach themselves: they reach the router. */
  readonly behindRouter?: boolean;
}

/** Throws StartError with every variable that cannot be used. `chosen` comes from the command line, which goes before the environment. */
export function environment(env: NodeJS.ProcessEnv, chosen: Chosen = {}): Environment {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = variables.safeParse(given);
  if (!parsed.success) throw new StartError(`The environment cannot be used. ${parsed.error.issues.map(({ path: [name], message }) => `${String(name)}: ${message}`).join('; ')}.`);
  const values = parsed.data;
  return {
    ...modeOf(values, chosen),
    ...addressOf(values, chosen),
    databaseUrl: values.DATABASE_URL,
    databaseReadUrl: values.DATABASE_READ_URL,
    keepDays: values.EVENTS_KEEP_DAYS,
    consistencyMs: values.CONSISTENCY_WAIT_MS,
    databasePort: values.PMS_DATABASE_PORT,
    home: path.resolve(values.PMS_HOME),
    auditCheckpoints: checkpointPlace(values, values.PMS_HOME),
    issuer: values.AUTH_ISSUER,
    jwksUrl: values.AUTH_JWKS_URL,
    supergraph: isAddress(values.SUPERGRAPH) ? values.SUPERGRAPH : path.resolve(values.SUPERGRAPH),
    supergraphToken: values.SUPERGRAPH_TOKEN,
    routerConfig: values.ROUTER_CONFIG === null ? null : path.resolve(values.ROUTER_CONFIG),
    fixConfig: values.FIX_CONFIG === null ? null : path.resolve(values.FIX_CONFIG),
    ...redisFrom(values),
    identityProviders: values.IDENTITY_PROVIDERS === null ? null : path.resolve(values.IDENTITY_PROVIDERS),
    tls: tlsOf(values),
    kafka: kafkaFrom(values),
    tracing: values.OTEL_EXPORTER_OTLP_ENDPOINT === null ? null : { endpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT, ratio: values.OTEL_TRACES_SAMPLER_ARG },
    rateLimit: rateLimitOf(values.PMS_RATE_LIMIT),
    subgraphUrls: prefixed(given, 'SUBGRAPH_URL_'),
    secrets: prefixed(given, 'PMS_SECRET_'),
  };
}

/** Of a supergraph that is fetched; anything else is a file. */
export const isAddress = (supergraph: string): boolean => /^https?:\/\//i.test(supergraph);

type Values = z.output<typeof variables>;

function modeOf(values: Values, chosen: Chosen): Pick<Environment, 'production' | 'demo' | 'logLevel'> {
  const production = values.NODE_ENV === 'production';
  const demo = chosen.demo ?? values.PMS_DEMO ?? !production;
  if (production && demo) throw new StartError('The demo world has known passwords, so production refuses it: remove PMS_DEMO.');
  return { production, demo, logLevel: values.LOG_LEVEL ?? (production ? 'info' : 'warn') };
}

function tlsOf({ PMS_TLS_CERT_FILE: cert, PMS_TLS_KEY_FILE: key, PMS_TLS_CA_FILE: ca }: Values): Environment['tls'] {
  if (cert === null && key === null && ca === null) return null;
  if (cert === null || key === null) throw new StartError('PMS_TLS_CERT_FILE and PMS_TLS_KEY_FILE belong together, and PMS_TLS_CA_FILE to both.');
  return { certFile: path.resolve(cert), keyFile: path.resolve(key), caFile: ca === null ? null : path.resolve(ca) };
}

function addressOf(values: Values, { port: asked, behindRouter = false }: Chosen): Pick<Environment, 'host' | 'port' | 'publicUrl'> {
  const own = asked ?? values.PORT ?? (behindRouter ? SUBGRAPH_PORT : PUBLIC_PORT);
  const publicUrl = values.PUBLIC_URL ?? `http://${reachable(values.HOST)}:${String(behindRouter ? PUBLIC_PORT : own)}`;
  return { host: values.HOST, port: own, publicUrl: publicUrl.replace(/\/$/, '') };
}

function rateLimitOf(text: string | undefined): Environment['rateLimit'] {
  const [points, windowSeconds] = (text ?? '').split('/').map(Number);
  return points === undefined || windowSeconds === undefined ? null : { points, windowSeconds };
}

/** Listening everywhere is not an address that anyone can ask for. */
const reachable = (host: string): string => (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host);

/** SUBGRAPH_URL_TRADE_CAPTURE is the entry `trade-capture`. */
function prefixed(env: Record<string, string | undefined>, prefix: string): ReadonlyMap<string, string> {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => entry[0].startsWith(prefix) && entry[1] !== undefined);
  return new Map(entries.map(([name, value]) => [name.slice(prefix.length).toLowerCase().replaceAll('_', '-'), value]));
}

/** One line a setting, for a person; no line holds a secret. */
export function shown(settings: Environment): string[] {
  const lines: [string, string][] = [
    ['mode', settings.production ? 'production' : 'development'],
    ['listens on', `${settings.host}:${String(settings.port)}`],
    ['public address', settings.publicUrl],
    ['database', settings.databaseUrl === null ? `embedded, in ${settings.home}` : withoutPassword(settings.databaseUrl)],
    ...[['read replica', settings.databaseReadUrl], ['Redis', settings.redisUrl]].flatMap(([name, url]): [string, string][] => (name == null || url == null ? [] : [[name, withoutPassword(url)]])),
    ...(settings.kafka === null ? [] : [['Kafka', shownKafka(settings.kafka)] as [string, string]]),
    ...(settings.tracing === null ? [] : [['traces', `${String(settings.tracing.ratio)} of them to ${withoutPassword(settings.tracing.endpoint)}`] as [string, string]]),
    ...(settings.fixConfig === null ? [] : [['FIX sessions', settings.fixConfig] as [string, string]]),
    ...(settings.identityProviders === null ? [] : [['OpenID providers', settings.identityProviders] as [string, string]]),
    ...(settings.tls === null ? [] : [['TLS of processes', settings.tls.caFile === null ? settings.tls.certFile : `${settings.tls.certFile}, of both sides`] as [string, string]]),
    ['demo world', settings.demo ? 'yes' : 'no'],
    ['issuer', settings.issuer ?? 'its own'],
    ...[...settings.subgraphUrls].map(([name, url]): [string, string] => [`subgraph ${name}`, withoutPassword(url)]),
    ...[...settings.secrets.keys()].map((name): [string, string] => [`secret ${name}`, '***']),
  ];
  return lines.map(([name, value]) => `${name.padEnd(16)}${value}`);
}

function withoutPassword(address: string): string {
  const url = new URL(address);
  if (url.password !== '') url.password = '***';
  return url.href;
}
