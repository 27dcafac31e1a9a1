/**
 * Reads one HTTP/1.1 response to a POST out of the bytes of a connection, as RFC 9112 frames it: by length, in chunks, or until the
 * connection ends. What could be read in two ways is refused: on a shared connection the next answer would be somebody else's.
 */
import { remembered } from '../remembered.ts';
import { type Body, byLength, type Content, inChunks, Malformed, nothing, untilEnd } from './response-body.ts';

const HEAD_BYTES_MAX = 64 * 1_024;
/** Servers say the same again and again, but for the date. */
const HEADS_KEPT_MAX = 256;
/** Of one request: `100 Continue`, `103 Early Hints`. */
const INTERIM_MAX = 100;
const MS_PER_SECOND = 1_000;

export interface ResponseHead {
  readonly status: number;
  /** Names in small letters; several lines of one name are one value, as RFC 9110 puts them together. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long the server keeps the connection for another request; 0 where it does not. */
  readonly keepMs: number;
}

export interface ResponseReader {
  readonly head: ResponseHead | null;
  readonly content: Content;
  /** Whether the response is whole. Throws Malformed. */
  take(bytes: Buffer): boolean;
  /** Whether the end of the connection is the end of the response. */
  ended(): boolean;
}

/** Throws Malformed when the body has more bytes. */
export function responseReader(bytesMax: number): ResponseReader {
  let head: ResponseHead | null = null;
  let body: Body | null = null;
  let partial: Buffer | null = null;
  let interims = 0;

  const takeHead = (bytes: Buffer): boolean => {
    const all = partial === null ? bytes : Buffer.concat([partial, bytes]);
    const end = all.indexOf('\r\n\r\n');
    if (end < 0) {
      if (all.length > HEAD_BYTES_MAX) throw new Malformed('the head of its answer has no end');
      partial = all;
      return false;
    }
    partial = null;
    const read = headIn(all.toString('latin1', 0, end));
    const rest = all.subarray(end + 4);
    if (read.status < 200) return interim(rest);
    head = read;
    body = bodyOf(read, bytesMax);
    return body.take(rest);
  };
  /** The final answer follows. */
  const interim = (rest: Buffer): boolean => {
    interims += 1;
    if (interims > INTERIM_MAX) throw new Malformed('it says without end that its answer will follow');
    return rest.length > 0 && takeHead(rest);
  };
  return {
    get head() {
      return head;
    },
    get content() {
      return body === null ? nothing : body.content;
    },
    take: (bytes) => (body === null ? takeHead(bytes) : body.take(bytes)),
    ended: () => body !== null && body.endsWithConnection,
  };
}

const headIn = remembered(HEADS_KEPT_MAX, (text) => headOf(text));

interface Read extends ResponseHead {
  readonly minor: string;
}

const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: |$)/;
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;

function headOf(text: string): Read {
  const [first = '', ...lines] = text.split('\r\n');
  const status = STATUS_LINE.exec(first);
  if (status === null) throw new Malformed('its answer is not HTTP/1.1');
  const headers = Object.create(null) as Record<string, string>; // so that no name is there before it came
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    if (!NAME.test(name)) throw new Malformed('its answer has a header that is none');
    const value = line.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  const minor = status[1] ?? '';
  return { status: Number(status[2]), headers, minor, keepMs: keepMs(headers, minor) };
}

/** What a server does not say is up to the client. */
const KEPT_MS = 30_000;
/** A server that closes at that moment must not be sent another request. */
const KEPT_MARGIN_MS = 1_000;

function keepMs(headers: Read['headers'], minor: string): number {
  const connection = headers['connection']?.toLowerCase() ?? '';
  if (connection.includes('close') || (minor === '0' && !connection.includes('keep-alive'))) return 0;
  const seconds = /(?:^|[\s,])timeout=(\d+)/i.exec(headers['keep-alive'] ?? '')?.[1];
  return seconds === undefined ? KEPT_MS : Math.max(0, Math.min(KEPT_MS, Number(seconds) * MS_PER_SECOND - KEPT_MARGIN_MS));
}

function bodyOf({ status, headers }: Read, bytesMax: number): Body {
  const { 'transfer-encoding': encoding, 'content-length': length, 'content-encoding': coding } = headers;
  if (coding !== undefined && coding.toLowerCase() !== 'identity') throw new Malformed('its answer is compressed, which was not asked for');
  if (encoding !== undefined) {
    if (length !== undefined || encoding.toLowerCase() !== 'chunked') throw new Malformed('the length of its answer can be read in two ways');
    return inChunks(bytesMax);
  }
  if (status === 204 || status === 304) return byLength(0, bytesMax);
  if (length === undefined) return untilEnd(bytesMax);
  if (!/^\d{1,15}$/.test(length)) throw new Malformed('the length of its answer is no number');
  return byLength(Number(length), bytesMax);
}
