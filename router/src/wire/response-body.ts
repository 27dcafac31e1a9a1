/** The three ways in which HTTP/1.1 says where a body ends. Each takes bytes as they come; more than are allowed are refused before they are kept. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

export interface Body {
  /** Whether the body is whole. Throws Malformed. */
  take(bytes: Buffer): boolean;
  readonly content: Content;
  /** Whether the body goes on until the connection ends. */
  readonly endsWithConnection: boolean;
}

/** What has come of a body so far. */
export interface Content {
  text(): string;
  /** A copy. */
  bytes(): Buffer;
  is(expected: Buffer): boolean;
}

/** A chunk's size, and what is said beside it. */
const LINE_BYTES_MAX = 16_384;
const TRAILERS_BYTES_MAX = 65_536;

function collected(bytesMax: number): Content & { add(bytes: Buffer): void } {
  const parts: Buffer[] = [];
  let length = 0;
  return {
    add(bytes) {
      length += bytes.length;
      if (length > bytesMax) throw tooLarge(bytesMax);
      parts.push(bytes);
    },
    text() {
      const [only] = parts;
      return (only !== undefined && parts.length === 1 ? only : Buffer.concat(parts)).toString('utf8');
    },
    bytes: () => Buffer.concat(parts),
    is(expected) {
      if (length !== expected.length) return false;
      let from = 0;
      for (const part of parts) {
        if (expected.compare(part, 0, part.length, from, from + part.length) !== 0) return false;
        from += part.length;
      }
      return true;
    },
  };
}

/** Of an answer that has no body. */
export const nothing: Content = collected(0);

const tooLarge = (bytesMax: number): Malformed => new Malformed(`the answer is larger than ${bytesMax} bytes`);
const tooMuch = (): Malformed => new Malformed('there is more than its answer on the connection');

export function byLength(length: number, bytesMax: number): Body {
  if (length > bytesMax) throw tooLarge(bytesMax);
  const body = collected(length);
  let left = length;
  return {
    endsWithConnection: false,
    content: body,
    take(bytes) {
      if (bytes.length > left) throw tooMuch();
      left -= bytes.length;
      if (bytes.length > 0) body.add(bytes);
      return left === 0;
    },
  };
}

export function untilEnd(bytesMax: number): Body {
  const body = collected(bytesMax);
  return {
    endsWithConnection: true,
    content: body,
    take(bytes) {
      if (bytes.length > 0) body.add(bytes);
      return false;
    },
  };
}

type Expected = { readonly what: 'size' | 'trailer' } | { readonly what: 'data' | 'line break'; left: number };

export function inChunks(bytesMax: number): Body {
  const body = collected(bytesMax);
  let expected: Expected = { what: 'size' };
  let partial: Buffer = Buffer.alloc(0);
  let trailerBytes = 0;

  /** Where the line ends; -1 while its end has not come. */
  const lineEnd = (bytes: Buffer): number => {
    const end = bytes.indexOf('\r\n');
    if (end < 0 && bytes.length > LINE_BYTES_MAX) throw new Malformed('a line between its chunks has no end');
    return end;
  };
  const sized = (line: string): void => {
    const size = /^([\da-f]{1,12})\s*(?:;|$)/i.exec(line)?.[1];
    if (size === undefined) throw new Malformed('its answer has a chunk without a size');
    const left = Number.parseInt(size, 16);
    if (left > bytesMax) throw tooLarge(bytesMax);
    expected = left === 0 ? { what: 'trailer' } : { what: 'data', left };
  };
  /** How many of the bytes were used; `end` when they close the body, `more` when they are too few to go on. */
  const step = (bytes: Buffer): number | 'end' | 'more' => {
    if (expected.what === 'data') {
      const part = bytes.subarray(0, expected.left);
      body.add(part);
      expected.left -= part.length;
      if (expected.left === 0) expected = { what: 'line break', left: 2 };
      return part.length;
    }
    if (expected.what === 'line break') {
      if (bytes.length < 2) return 'more';
      if (bytes[0] !== 13 || bytes[1] !== 10) throw new Malformed('a chunk of its answer is longer than it says');
      expected = { what: 'size' };
      return 2;
    }
    const end = lineEnd(bytes);
    if (end < 0) return 'more';
    if (expected.what === 'size') sized(bytes.toString('latin1', 0, end));
    else if (end === 0) return bytes.length === 2 ? 'end' : refuse();
    else if ((trailerBytes += end) > TRAILERS_BYTES_MAX) throw new Malformed('what follows its answer has no end');
    return end + 2;
  };
  const refuse = (): never => {
    throw tooMuch();
  };
  return {
    endsWithConnection: false,
    content: body,
    take(bytes) {
      let rest = partial.length === 0 ? bytes : Buffer.concat([partial, bytes]);
      partial = Buffer.alloc(0);
      while (rest.length > 0) {
        const used = step(rest);
        if (used === 'end') return true;
        if (used === 'more') {
          partial = rest;
          return false;
        }
        rest = rest.subarray(used);
      }
      return false;
    },
  };
}
