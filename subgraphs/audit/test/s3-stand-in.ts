/** A small S3: a bucket with versions and object lock that holds to what the real one promises of them, and refuses what is not signed or not whole. */
import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { signedHeaders } from '../src/store/aws-signature.ts';

interface Version {
  readonly key: string;
  readonly versionId: string;
  /** Null for a delete marker. */
  readonly body: string | null;
  readonly lockedUntil: Date | null;
}

export interface StandIn {
  readonly endpoint: string;
  readonly versions: readonly Version[];
  /** Answers so many requests with 503 first. */
  fail(times: number): void;
  /** What somebody with the bucket's own rights may try. */
  remove(key: string, versionId?: string): Promise<number>;
  overwrite(key: string, body: string): Promise<number>;
  close(): Promise<void>;
}

export const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'a secret of the stand-in' };
const REGION = 'eu-central-1';
/** So that a list of more than two is read in pages. */
const LISTED_MAX = 2;

export async function standIn(bucket: string, now: () => Date): Promise<StandIn> {
  const versions: Version[] = [];
  let failing = 0;
  const server = http.createServer((request, response) => void (async () => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { status, text = '' } = failing > 0 ? unavailable() : answer(request, body);
    response.writeHead(status, { 'content-type': 'application/xml' }).end(text);
  })());
  const unavailable = (): { status: number; text: string } => {
    failing -= 1;
    return error(503, 'SlowDown');
  };

  function answer(request: http.IncomingMessage, body: string): { status: number; text?: string } {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? ''}`);
    if (!isSigned(request, url, body)) return error(403, 'SignatureDoesNotMatch');
    const [, named, ...rest] = url.pathname.split('/');
    if (named !== bucket) return error(404, 'NoSuchBucket');
    const key = decodeURIComponent(rest.join('/'));
    if (request.method === 'PUT') return put(request.headers, key, body);
    if (request.method === 'DELETE') return remove(key, url.searchParams.get('versionId'));
    return url.searchParams.has('versions') ? list(url.searchParams) : get(key, url.searchParams.get('versionId'));
  }

  function put(headers: http.IncomingHttpHeaders, key: string, body: string): { status: number; text?: string } {
    const mode = headers['x-amz-object-lock-mode'];
    const until = new Date(String(headers['x-amz-object-lock-retain-until-date'] ?? ''));
    if (mode !== undefined && headers['x-amz-checksum-sha256'] !== createHash('sha256').update(body).digest('base64')) return error(400, 'InvalidRequest');
    if (mode !== undefined && !(until > now())) return error(400, 'InvalidArgument');
    if (headers['if-none-match'] === '*' && latest(key)?.body != null) return error(412, 'PreconditionFailed');
    versions.push({ key, versionId: `v${String(versions.length + 1)}`, body, lockedUntil: mode === undefined ? null : until });
    return { status: 200 };
  }

  function remove(key: string, versionId: string | null): { status: number; text?: string } {
    if (versionId === null) {
      versions.push({ key, versionId: `v${String(versions.length + 1)}`, body: null, lockedUntil: null });
      return { status: 204 };
    }
    const at = versions.findIndex((one) => one.key === key && one.versionId === versionId);
    const found = versions[at];
    if (found?.lockedUntil != null && found.lockedUntil > now()) return error(403, 'AccessDenied');
    if (at >= 0) versions.splice(at, 1);
    return { status: 204 };
  }

  function get(key: string, versionId: string | null): { status: number; text?: string } {
    const found = versionId === null ? latest(key) : versions.find((one) => one.key === key && one.versionId === versionId);
    return found?.body == null ? error(404, 'NoSuchKey') : { status: 200, text: found.body };
  }

  function list(query: URLSearchParams): { status: number; text: string } {
    const all = versions.filter(({ key }) => key.startsWith(query.get('prefix') ?? '')).toSorted((a, b) => (`${a.key} ${a.versionId}` < `${b.key} ${b.versionId}` ? -1 : 1));
    const after = all.findIndex(({ key, versionId }) => key === query.get('key-marker') && versionId === query.get('version-id-marker')) + 1;
    const page = all.slice(after, after + LISTED_MAX);
    const last = page.at(-1);
    const truncated = after + LISTED_MAX < all.length;
    const items = page.map(({ key, versionId, body }) => {
      const name = body === null ? 'DeleteMarker' : 'Version';
      return `<${name}><Key>${key}</Key><VersionId>${versionId}</VersionId></${name}>`;
    });
    const next = truncated ? `<NextKeyMarker>${last?.key ?? ''}</NextKeyMarker><NextVersionIdMarker>${last?.versionId ?? ''}</NextVersionIdMarker>` : '';
    return { status: 200, text: `<ListVersionsResult><IsTruncated>${String(truncated)}</IsTruncated>${next}${items.join('')}</ListVersionsResult>` };
  }

  const latest = (key: string): Version | undefined => versions.findLast((one) => one.key === key);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const tried = async (method: string, key: string, { versionId, body = '' }: { versionId?: string; body?: string } = {}): Promise<number> => {
    const url = new URL(`${endpoint}/${bucket}/${key}`);
    if (versionId !== undefined) url.searchParams.set('versionId', versionId);
    const { host: _, ...headers } = signedHeaders({ method, url, headers: {}, body }, credentials, { region: REGION, at: now() });
    return (await fetch(url, { method, headers, ...(body === '' ? {} : { body }) })).status;
  };
  return {
    endpoint, versions,
    fail: (times) => { failing = times; },
    remove: (key, versionId) => tried('DELETE', key, versionId === undefined ? {} : { versionId }),
    overwrite: (key, body) => tried('PUT', key, { body }),
    close: () => new Promise((resolve) => { server.close(() => resolve()); server.closeAllConnections(); }),
  };
}

const error = (status: number, code: string): { status: number; text: string } => ({ status, text: `<Error><Code>${code}</Code><Message>no</Message></Error>` });

function isSigned({ headers, method = '' }: http.IncomingMessage, url: URL, body: string): boolean {
  const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? [];
  const time = String(headers['x-amz-date']);
  const at = new Date(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const given = Object.fromEntries(names.map((name) => [name, String(headers[name])]));
  if (Number.isNaN(at.getTime()) || ['host', 'x-amz-date', 'x-amz-content-sha256'].some((name) => !names.includes(name))) return false;
  if (Object.keys(headers).some((name) => name.startsWith('x-amz-') && !names.includes(name))) return false;
  return signedHeaders({ method, url, headers: given, body }, credentials, { region: REGION, at })['authorization'] === headers.authorization;
}
