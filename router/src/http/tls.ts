/** The router's own certificate: read at start, and again when its files change, so that it can be renewed without a restart. */
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { RouterLogger } from '../observe.ts';
import type { HttpSettings } from './settings.ts';

type TlsSettings = NonNullable<HttpSettings['tls']>;

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Rejects when the files cannot be read, or hold no certificate with its key. */
export async function certificate({ certFile, keyFile }: TlsSettings): Promise<Certificate> {
  const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  createSecureContext({ cert, key });
  return { cert, key };
}

/** Connections that are open stay; files that do not belong together (one of them may be written later) change nothing. */
export function renewing(server: { setSecureContext(made: Certificate): void }, settings: TlsSettings, logger: RouterLogger): () => void {
  let seen: string | null = null;
  let looking = false;
  const look = async (): Promise<void> => {
    const now = await stamps(settings);
    if (seen === null || now === seen) {
      seen = now;
      return;
    }
    server.setSecureContext(await certificate(settings));
    seen = now;
    logger.info({ certFile: settings.certFile }, 'a new certificate is in use');
  };
  const turn = (): void => {
    if (looking) return;
    looking = true;
    look().catch((error: unknown) => logger.warn({ certFile: settings.certFile, reason: String(error) }, 'the certificate files cannot be used; the last good ones stay'))
      .finally(() => {
        looking = false;
      });
  };
  turn();
  const timer = setInterval(turn, settings.lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}

async function stamps({ certFile, keyFile }: TlsSettings): Promise<string> {
  const found = await Promise.all([stat(certFile), stat(keyFile)]);
  return found.map(({ mtimeMs, size, ino }) => `${mtimeMs}:${size}:${ino}`).join(' ');
}
