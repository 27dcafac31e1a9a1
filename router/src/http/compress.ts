/** Compresses answers that are held as text, beside the event loop. Small ones stay as they are; brotli goes before gzip, which takes longer for more bytes. */
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { HttpSettings } from './settings.ts';

export interface Compressed {
  readonly encoding: 'br' | 'gzip';
  readonly bytes: Buffer;
}

/** `null`: the text is to leave as it is. */
export type Compress = (text: string, accepted: string | string[] | undefined) => Promise<Compressed> | null;

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

const HEADERS_KEPT_MAX = 256;
const HEADER_CHARACTERS_MAX = 256;

export function compressor({ enabled, bytesMin, gzipLevel, brotliQuality }: HttpSettings['compression']): Compress {
  if (!enabled) return () => null;
  const known = new Map<string, Compressed['encoding'] | null>();
  const encodingFor = (accepted: string): Compressed['encoding'] | null => {
    const found = known.get(accepted);
    if (found !== undefined) return found;
    if (known.size >= HEADERS_KEPT_MAX) known.clear();
    const encoding = preferred(accepted);
    known.set(accepted, encoding);
    return encoding;
  };
  return (text, accepted) => {
    if (text.length < bytesMin || typeof accepted !== 'string' || accepted.length > HEADER_CHARACTERS_MAX) return null;
    const encoding = encodingFor(accepted);
    if (encoding === null) return null;
    const bytes = encoding === 'gzip'
      ? gzipped(text, { level: gzipLevel })
      : brotli(text, { params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT, [constants.BROTLI_PARAM_SIZE_HINT]: text.length } });
    return bytes.then((done) => ({ encoding, bytes: done }));
  };
}

/** The one of the higher quality; at equal quality, and for `*`, brotli. */
function preferred(accepted: string): Compressed['encoding'] | null {
  const qualities = new Map(accepted.toLowerCase().split(',').map((part): [string, number] => {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim());
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return [name === 'x-gzip' ? 'gzip' : name, quality === undefined ? 1 : Number(quality.slice(2)) || 0];
  }));
  const qualityOf = (name: string): number => qualities.get(name) ?? qualities.get('*') ?? 0;
  const [br, gz] = [qualityOf('br'), qualityOf('gzip')];
  if (br === 0 && gz === 0) return null;
  return br >= gz ? 'br' : 'gzip';
}
