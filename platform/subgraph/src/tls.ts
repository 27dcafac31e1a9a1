/** TLS of a subgraph's server: its certificate, and whom it lets connect. Files are looked at every so often, so that they can be renewed without a restart. */
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { Logger } from '@pms/telemetry/logger';

const LOOK_EVERY_MS = 5_000;

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** Who connects has to show a certificate of these authorities; without it anybody may connect, and needs a token. */
  readonly clientCaFile?: string | null;
}

export interface ServerTls extends SecureContextOptions {
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
}

/** Rejects when the files cannot be read, or hold no certificate with its key. */
export async function serverTls({ certFile, keyFile, clientCaFile = null }: TlsFiles): Promise<ServerTls> {
  const [cert, key, ca] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8'), clientCaFile === null ? undefined : readFile(clientCaFile, 'utf8')]);
  createSecureContext({ cert, key });
  return { cert, key, ...(ca === undefined ? {} : { ca }), minVersion: 'TLSv1.2', requestCert: ca !== undefined, rejectUnauthorized: ca !== undefined };
}

/** Connections that are open stay; files that do not belong together change nothing. */
export function renewing(server: { setSecureContext(made: SecureContextOptions): void }, files: TlsFiles, logger: Logger): () => void {
  let seen: string | null = null;
  const look = async (): Promise<void> => {
    const found = await Promise.all([files.certFile, files.keyFile, ...(files.clientCaFile == null ? [] : [files.clientCaFile])].map((file) => stat(file)));
    const now = found.map(({ mtimeMs, size, ino }) => `${mtimeMs}:${size}:${ino}`).join(' ');
    if (seen !== null && now !== seen) server.setSecureContext(await serverTls(files));
    seen = now;
  };
  const turn = (): void => void look().catch((error: unknown) => logger.warn({ certFile: files.certFile, reason: String(error) }, 'the certificate files cannot be used; the last good ones stay'));
  turn();
  const timer = setInterval(turn, LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
}
