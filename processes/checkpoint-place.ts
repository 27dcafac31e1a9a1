/** Where checkpoints of the audit trail go: `AUDIT_CHECKPOINTS` is a folder, or `s3://bucket/prefix` with credentials from the environment, as AWS names them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { StartError } from '@pms/prisma/embedded';
import type { CheckpointBucket } from '@pms/subgraph/subgraph';
import { z } from 'zod';

const RETENTION_DAYS = 3_650;
const RETENTION_DAYS_MAX = 36_500;
const TIMEOUT_MS = 5_000;
/** Credentials that end within this are fetched anew. */
const MARGIN_MS = 300_000;

const nonEmpty = z.string().trim().min(1);

export const checkpointVariables = {
  AUDIT_CHECKPOINTS: nonEmpty.optional(),
  /** Of another server that speaks S3. */
  AUDIT_S3_ENDPOINT: z.url({ protocol: /^https?$/ }).nullable().default(null),
  AUDIT_RETENTION_DAYS: z.coerce.number().int().min(1).max(RETENTION_DAYS_MAX).default(RETENTION_DAYS),
  AWS_ACCESS_KEY_ID: nonEmpty.optional(),
  AWS_SECRET_ACCESS_KEY: nonEmpty.optional(),
  AWS_SESSION_TOKEN: nonEmpty.optional(),
  /** Where a cluster or a task gives out credentials of its role. */
  AWS_CONTAINER_CREDENTIALS_FULL_URI: z.url({ protocol: /^https?$/ }).optional(),
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: nonEmpty.optional(),
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: nonEmpty.optional(),
};

interface Values {
  readonly AUDIT_CHECKPOINTS?: string | undefined;
  readonly AUDIT_S3_ENDPOINT: string | null;
  readonly AUDIT_RETENTION_DAYS: number;
  readonly AWS_REGION: string | null;
  readonly AWS_ACCESS_KEY_ID?: string | undefined;
  readonly AWS_SECRET_ACCESS_KEY?: string | undefined;
  readonly AWS_SESSION_TOKEN?: string | undefined;
  readonly AWS_CONTAINER_CREDENTIALS_FULL_URI?: string | undefined;
  readonly AWS_CONTAINER_CREDENTIALS_RELATIVE_URI?: string | undefined;
  readonly AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE?: string | undefined;
}

/** Throws StartError for a bucket without a region or credentials. */
export function checkpointPlace(values: Values, home: string): string | CheckpointBucket {
  const { AUDIT_CHECKPOINTS: given = path.join(home, 'audit-checkpoints'), AWS_REGION: region } = values;
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(given) ?? [];
  if (bucket === undefined) {
    if (given.startsWith('s3:')) throw new StartError('AUDIT_CHECKPOINTS is no bucket: s3://<bucket>/<prefix>.');
    return path.resolve(given);
  }
  if (region === null) throw new StartError('AUDIT_CHECKPOINTS in a bucket wants AWS_REGION.');
  return {
    bucket, prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`, region, endpoint: values.AUDIT_S3_ENDPOINT, retentionDays: values.AUDIT_RETENTION_DAYS,
    credentials: credentialsFrom(values),
  };
}

/** For people. */
export const shownPlace = (place: string | CheckpointBucket): string =>
  (typeof place === 'string' ? place : `s3://${place.bucket}/${place.prefix}, locked for ${String(place.retentionDays)} days`);

const given = z.object({ AccessKeyId: nonEmpty, SecretAccessKey: nonEmpty, Token: nonEmpty.optional(), Expiration: z.iso.datetime({ offset: true }).optional() });

function credentialsFrom(values: Values): CheckpointBucket['credentials'] {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = values;
  if (accessKeyId !== undefined && secretAccessKey !== undefined) return () => Promise.resolve({ accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) });
  const relative = values.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  const url = values.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? (relative === undefined ? undefined : `http://169.254.170.2${relative}`); // where Amazon's container agent answers
  if (url === undefined) throw new StartError('AUDIT_CHECKPOINTS in a bucket wants AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a container that gives out credentials of its role.');
  const tokenFile = values.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
  let kept: { readonly until: number; readonly found: Awaited<ReturnType<CheckpointBucket['credentials']>> } | null = null;
  return async () => {
    if (kept !== null && Date.now() < kept.until) return kept.found;
    const headers = tokenFile === undefined ? {} : { authorization: readFileSync(tokenFile, 'utf8').trim() };
    const answer = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`credentials for the bucket of checkpoints cannot be had: ${String(answer.status)}`);
    const { AccessKeyId, SecretAccessKey, Token, Expiration } = given.parse(await answer.json());
    kept = { found: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token }, until: Expiration === undefined ? Date.now() : Date.parse(Expiration) - MARGIN_MS };
    return kept.found;
  };
}
