/** Certificates for https to subgraphs: whom to trust, and what to show where they want to know who asks. Files are looked at when a connection is made, so that they can be renewed without a restart. */
import { readFileSync, statSync } from 'node:fs';
import type { SubgraphSettings } from './settings.ts';

export interface Certificates {
  /** PEM; the system's without it. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Undefined where the settings name no file. Throws when a file cannot be read. */
export function certificatesOf({ caFile, certFile, keyFile }: Pick<SubgraphSettings, 'caFile' | 'certFile' | 'keyFile'>): (() => Certificates) | undefined {
  const files = Object.entries({ ca: caFile, cert: certFile, key: keyFile }).filter((entry): entry is [string, string] => entry[1] !== null);
  if (files.length === 0) return undefined;
  let known: { readonly stamp: string; readonly read: Certificates } | undefined;
  const read = (): Certificates => {
    const stamp = files.map(([, file]) => statSync(file)).map(({ mtimeMs, size, ino }) => `${mtimeMs}:${size}:${ino}`).join(' ');
    if (known?.stamp !== stamp) known = { stamp, read: Object.fromEntries(files.map(([name, file]) => [name, readFileSync(file, 'utf8')])) };
    return known.read;
  };
  read();
  return read;
}
