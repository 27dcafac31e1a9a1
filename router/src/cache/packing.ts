/** How a text is written where it is shared: large ones compressed. Compressing is done beside the event loop. */
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompressSync } from 'node:zlib';

const PACKED_BYTES_MIN = 2_048;
/** No answer is larger: what would unpack to more is none of ours. */
const UNPACKED_BYTES_MAX = 256 * 1_024 * 1_024;
const PLAIN = 't';
const ZSTD = 'z';

const compress = promisify(zstdCompress);

export async function packed(text: string): Promise<string> {
  if (text.length < PACKED_BYTES_MIN) return PLAIN + text;
  const small = await compress(text, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
  return ZSTD + small.toString('base64');
}

/** `undefined` for what was not packed here. */
export function unpacked(value: string): string | undefined {
  const rest = value.slice(1);
  if (value.startsWith(PLAIN)) return rest;
  if (!value.startsWith(ZSTD)) return undefined;
  try {
    return zstdDecompressSync(Buffer.from(rest, 'base64'), { maxOutputLength: UNPACKED_BYTES_MAX }).toString();
  } catch {
    return undefined;
  }
}
