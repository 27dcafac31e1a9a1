/** Reads JSON off the wire: UTF-8, plain or compressed, bounded before and after it is unpacked. Anything else is refused with the status that says why. */
import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, type InputType, type ZlibOptions } from 'node:zlib';
import type { FastifyRequest } from 'fastify';
import { RequestRefused, tooLarge } from './failure.ts';

type Unpack = (bytes: InputType, options: ZlibOptions) => Promise<Buffer>;

const inflated = promisify(inflate) as Unpack;
const rawInflated = promisify(inflateRaw) as Unpack;
const ENCODINGS: Readonly<Record<string, Unpack>> = {
  gzip: promisify(gunzip) as Unpack,
  'x-gzip': promisify(gunzip) as Unpack,
  br: promisify(brotliDecompress) as Unpack,
  deflate: (bytes, options) => (hasZlibHeader(bytes as Buffer) ? inflated : rawInflated)(bytes, options),
};
const CHARSETS: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'us-ascii']);
const BYTE_ORDER_MARK = 0xfe_ff;

/** What the parser of bodies resolves to. Throws RequestRefused. */
export async function readJson(request: FastifyRequest, payload: NodeJS.ReadableStream, bytesMax: number): Promise<unknown> {
  const { headers } = request;
  try {
    refuseOtherTypes(headers);
    const unpack = unpackerFor(headers['content-encoding']);
    if (Number(headers['content-length']) > bytesMax) throw tooLarge();
    const bytes = await collected(payload, bytesMax);
    return parsed(unpack === null ? bytes : await unpacked(bytes, unpack, bytesMax));
  } catch (error) {
    payload.resume(); // what is left is taken off the wire, so that the client comes to read the answer
    throw error;
  }
}

function refuseOtherTypes({ 'content-type': type = '' }: IncomingHttpHeaders): void {
  if (type === 'application/json') return;
  const [media = '', ...parameters] = type.split(';').map((part) => part.trim().toLowerCase());
  if (media !== 'application/json') throw new RequestRefused(415, 'the body must be application/json');
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length).replaceAll('"', '');
  if (charset !== undefined && !CHARSETS.has(charset)) throw new RequestRefused(415, 'the body must be UTF-8');
}

function unpackerFor(encoding: string | undefined): Unpack | null {
  if (encoding === undefined) return null;
  const name = encoding.trim().toLowerCase();
  if (name === 'identity' || name === '') return null;
  const found = Object.hasOwn(ENCODINGS, name) ? ENCODINGS[name] : undefined;
  if (found === undefined) throw new RequestRefused(415, 'the body may be compressed by gzip, br or deflate', { 'accept-encoding': 'gzip, br, deflate' });
  return found;
}

function collected(payload: NodeJS.ReadableStream, bytesMax: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    payload.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) reject(tooLarge());
      else chunks.push(chunk);
    });
    payload.on('end', () => resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, Math.min(bytes, bytesMax))));
    payload.on('error', reject);
  });
}

async function unpacked(bytes: Buffer, unpack: Unpack, bytesMax: number): Promise<Buffer> {
  try {
    return await unpack(bytes, { maxOutputLength: bytesMax });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : new RequestRefused(400, 'the body is not compressed as its content-encoding says');
  }
}

function parsed(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new RequestRefused(400, 'the body is not UTF-8');
  const text = bytes.toString();
  try {
    return JSON.parse(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text);
  } catch {
    throw new RequestRefused(400, 'the body is not JSON');
  }
}

/** RFC 1950: some clients send deflate with it, as they should, and some without. */
function hasZlibHeader(bytes: Buffer): boolean {
  const [method = 0, flags = 0] = bytes;
  return (method & 0x0f) === 8 && (method * 256 + flags) % 31 === 0;
}
