/** FIX sessions from a YAML or JSON file, validated whole. Throws StartError that names the file and everything that cannot be used. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Address } from '@pms/fix/endpoint';
import type { SessionTerms } from '@pms/fix/state';
import { StartError } from '@pms/prisma/embedded';
import { parse } from 'yaml';
import { z } from 'zod';

const PORT_MAX = 65_535;
const HEARTBEAT_SECONDS_MAX = 3_600;
const MS_PER_SECOND = 1_000;
const compId = z.string().regex(/^[\x21-\x7E]{1,64}$/, 'has 1 to 64 printable characters');
const file = z.string().min(1);

const session = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,40}$/, 'has 1 to 40 of a-z, 0-9 and "-"'),
  role: z.enum(['acceptor', 'initiator']),
  ours: compId,
  theirs: compId,
  host: z.string().min(1).default('127.0.0.1'),
  port: z.int().min(0).max(PORT_MAX),
  tls: z.strictObject({ cert: file.optional(), key: file.optional(), ca: file.optional() }).nullable().default(null),
  heartbeatSeconds: z.int().min(1).max(HEARTBEAT_SECONDS_MAX).default(30),
  resetOnLogon: z.boolean().default(false),
  /** By how much the counterparty's clock may differ; 0 for no matter how much. */
  clockToleranceSeconds: z.int().min(0).default(120),
  credentials: z.strictObject({ username: z.string().min(1), passwordSecret: z.string().min(1) }).nullable().default(null),
  accounts: z.record(z.string(), z.string().min(1)),
  instruments: z.record(z.string(), z.string().min(1)).default({}),
});

const settings = z.strictObject({
  /** The service client that trades are captured as, and the name of its secret. */
  client: z.strictObject({ id: z.string().min(1), secret: z.string().min(1) }),
  sessions: z.array(session).min(1).max(50).refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'names of sessions differ')
    .refine((all) => new Set(all.map(({ ours, theirs }) => `${ours} ${theirs}`)).size === all.length, 'pairs of CompIDs differ'),
});

export interface FixSessionSettings {
  readonly name: string;
  readonly terms: SessionTerms;
  readonly address: Address;
  readonly accounts: ReadonlyMap<string, string>;
  readonly instruments: ReadonlyMap<string, string>;
}

export interface FixSettings {
  readonly client: { readonly id: string; readonly secret: string };
  readonly sessions: readonly FixSessionSettings[];
}

/** Types that report trades: ExecutionReport and TradeCaptureReport. */
const TAKEN: ReadonlySet<string> = new Set(['8', 'AE']);

/** `secrets` by name in small letters with "-", as PMS_SECRET_<NAME> gives them. */
export function fixSettings(at: string, secrets: ReadonlyMap<string, string>): FixSettings {
  const parsed = settings.safeParse(read(at));
  if (!parsed.success) throw new StartError(`The FIX sessions in ${at} cannot be used. ${parsed.error.issues.map(({ path: way, message }) => `${way.join('.') || 'the whole'}: ${message}`).join('; ')}.`);
  const secret = (name: string): string => {
    const found = secrets.get(name.toLowerCase().replaceAll('_', '-'));
    if (found === undefined) throw new StartError(`The FIX sessions in ${at} need the secret ${name}: set PMS_SECRET_${name.toUpperCase().replaceAll('-', '_')}.`);
    return found;
  };
  const { client, sessions } = parsed.data;
  return { client: { id: client.id, secret: secret(client.secret) }, sessions: sessions.map((one) => sessionOf(one, secret, path.dirname(at))) };
}

function sessionOf(given: z.output<typeof session>, secret: (name: string) => string, folder: string): FixSessionSettings {
  const pem = (name: string | undefined): string | undefined => (name === undefined ? undefined : text(path.resolve(folder, name)));
  const { name, role, ours, theirs, host, port, tls, credentials } = given;
  return {
    name, accounts: new Map(Object.entries(given.accounts)), instruments: new Map(Object.entries(given.instruments)),
    address: { host, port, tls: tls === null ? null : { cert: pem(tls.cert), key: pem(tls.key), ca: pem(tls.ca) } },
    terms: {
      role: role === 'acceptor' ? 'ACCEPTOR' : 'INITIATOR', ours, theirs, heartbeatSeconds: given.heartbeatSeconds, resetOnLogon: given.resetOnLogon,
      credentials: credentials === null ? null : { username: credentials.username, password: secret(credentials.passwordSecret) },
      clockToleranceMs: given.clockToleranceSeconds * MS_PER_SECOND, handsOver: TAKEN,
    },
  };
}

const read = (at: string): unknown => {
  try {
    return parse(text(at));
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`The file ${at} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};

function text(at: string): string {
  try {
    return readFileSync(at, 'utf8');
  } catch (error) {
    throw new StartError(`The file ${at} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
