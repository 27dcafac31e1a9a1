/**
 * Checkpoints in an S3 bucket with object lock: an object each, which nobody can change or remove before its time, the account's owner not excepted (mode
 * COMPLIANCE). They are read by their versions, so that one which was hidden behind a delete marker is seen all the same.
 */
import { createHash } from 'node:crypto';
import type { CheckpointBucket } from '@pms/subgraph/subgraph';
import type { SignedCheckpoint } from '../domain/checkpoint.ts';
import { signedHeaders } from './aws-signature.ts';
import { type CheckpointSink, fileNameOf } from './checkpoint-file.ts';

const TIMEOUT_MS = 15_000;
const ATTEMPTS_MAX = 3;
const DAY_MS = 86_400_000;
const SEQ_DIGITS = 16; // so that names sort as numbers do
const PRECONDITION_FAILED = 412;
const ERROR_CHARACTERS_MAX = 300;

export function checkpointBucket(settings: CheckpointBucket, now: () => Date = () => new Date()): CheckpointSink {
  const { bucket, prefix, region, endpoint, retentionDays } = settings;
  const base = endpoint === null ? `https://${bucket}.s3.${region}.amazonaws.com/` : `${endpoint.replace(/\/$/, '')}/${bucket}/`;

  const ask = async (method: string, url: URL, { headers = {}, body = '' }: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string } = {}): Promise<Response> => {
    const { host: _, ...signed } = signedHeaders({ method, url, headers, body }, await settings.credentials(), { region, at: now() }); // fetch names the host itself
    return fetch(url, { method, headers: signed, signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error', ...(body === '' ? {} : { body }) });
  };
  const asked = async (method: string, url: URL, given: Parameters<typeof ask>[2] = {}): Promise<Response> => {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await ask(method, url, given).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
      if (!(outcome instanceof Error) && outcome.status < 500) return outcome;
      if (attempt < ATTEMPTS_MAX) continue;
      throw outcome instanceof Error ? outcome : await refused(method, url, outcome);
    }
  };

  return {
    where: `s3://${bucket}/${prefix}`,
    async append(checkpoint) {
      const body = JSON.stringify(checkpoint);
      const digest = createHash('sha256').update(body).digest();
      // the same checkpoint has the same name, so that it is written once however often it is tried
      const name = `${prefix}${fileNameOf(checkpoint.organizationId)}/${String(checkpoint.size).padStart(SEQ_DIGITS, '0')}-${digest.toString('hex').slice(0, 16)}.json`;
      const until = new Date(now().getTime() + retentionDays * DAY_MS);
      const url = new URL(base + name);
      const answer = await asked('PUT', url, {
        body,
        headers: {
          'content-type': 'application/json', 'if-none-match': '*', 'x-amz-checksum-sha256': digest.toString('base64'),
          'x-amz-object-lock-mode': 'COMPLIANCE', 'x-amz-object-lock-retain-until-date': until.toISOString(),
        },
      });
      if (!answer.ok && answer.status !== PRECONDITION_FAILED) throw await refused('PUT', url, answer);
    },
    async read(organizationId) {
      const found: SignedCheckpoint[] = [];
      for await (const { key, versionId } of versions(base, `${prefix}${fileNameOf(organizationId)}/`, asked)) {
        const url = new URL(base + key);
        url.searchParams.set('versionId', versionId);
        const answer = await asked('GET', url);
        if (!answer.ok) throw await refused('GET', url, answer);
        const checkpoint = (await answer.json()) as SignedCheckpoint;
        if (checkpoint.organizationId === organizationId) found.push(checkpoint);
      }
      return found;
    },
  };
}

interface Version {
  readonly key: string;
  readonly versionId: string;
}

async function* versions(base: string, prefix: string, asked: (method: string, url: URL) => Promise<Response>): AsyncGenerator<Version> {
  for (let marker: Version | null = null; ;) {
    const url = new URL(base);
    url.searchParams.set('versions', '');
    url.searchParams.set('prefix', prefix);
    if (marker !== null) {
      url.searchParams.set('key-marker', marker.key);
      url.searchParams.set('version-id-marker', marker.versionId);
    }
    const answer = await asked('GET', url);
    if (!answer.ok) throw await refused('GET', url, answer);
    const text = await answer.text();
    // delete markers are elements of another name
    for (const version of text.split('<Version>').slice(1)) yield { key: textOf(version, 'Key'), versionId: textOf(version, 'VersionId') };
    if (textOf(text, 'IsTruncated') !== 'true') return;
    marker = { key: textOf(text, 'NextKeyMarker'), versionId: textOf(text, 'NextVersionIdMarker') };
  }
}

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': '\'', '&amp;': '&' };
const textOf = (xml: string, name: string): string =>
  (new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '').replaceAll(/&(?:lt|gt|quot|apos|amp);/g, (entity) => ENTITIES[entity] ?? entity);

async function refused(method: string, url: URL, answer: Response): Promise<Error> {
  const text = await answer.text().catch(() => '');
  return new Error(`${method} ${url.origin}${url.pathname} was answered with ${answer.status} ${textOf(text, 'Code')} ${textOf(text, 'Message')}`.trim().slice(0, ERROR_CHARACTERS_MAX));
}
