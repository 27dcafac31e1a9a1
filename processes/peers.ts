/** How the platform's own processes ask each other beside GraphQL: with the certificates of PMS_TLS_*, where there are any. */
import { readFileSync } from 'node:fs';
import { Agent, fetch as fetchWith } from 'undici';
import type { Environment } from './environment.ts';

export interface PeerCertificates {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** PEM, as the files are now. */
export function peerCertificates({ tls }: Pick<Environment, 'tls'>): PeerCertificates {
  if (tls === null) return {};
  const { caFile, certFile, keyFile } = tls;
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8'), ...(caFile === null ? {} : { ca: readFileSync(caFile, 'utf8') }) };
}

/** `fetch` that shows who asks; the runtime's own where there are no certificates. */
export function peerFetch(environment: Pick<Environment, 'tls'>): typeof fetch {
  if (environment.tls === null) return fetch;
  const dispatcher = new Agent({ connect: peerCertificates(environment) });
  // the two differ in the types of bodies, of which none is sent here
  return ((url: string | URL, init: object = {}) => fetchWith(url, { ...init, dispatcher })) as unknown as typeof fetch;
}
