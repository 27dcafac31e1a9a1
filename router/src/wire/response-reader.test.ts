/** What is a response, where it ends, and what is refused; each response also comes in two pieces, cut at every byte. */
import { describe, expect, test } from 'vitest';
import { responseReader } from './response-reader.ts';

const BYTES_MAX = 1_000;
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const lines = (...all: string[]): string => all.join('\r\n');

interface Whole { readonly status: number; readonly text: string; readonly keepMs: number }

function read(pieces: readonly string[], end = false): Whole | null {
  const reader = responseReader(BYTES_MAX);
  let whole = false;
  for (const piece of pieces) {
    if (whole) throw new Error('it was whole before');
    whole = reader.take(bytes(piece));
  }
  if (!whole && !(end && reader.ended())) return null;
  const { status = 0, keepMs = 0 } = reader.head ?? {};
  return { status, text: reader.content.text(), keepMs };
}

describe.each<[string, string, Partial<Whole>]>([
  ['by length', lines('HTTP/1.1 200 OK', 'Content-Type: application/json', 'Content-Length: 5', '', 'hello'), { status: 200, text: 'hello' }],
  ['without a body', lines('HTTP/1.1 204 No Content', '', ''), { status: 204, text: '' }],
  ['of length 0', lines('HTTP/1.1 500 ', 'content-length: 0', '', ''), { status: 500, text: '' }],
  ['in chunks', lines('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', '', '3', 'hel', '2;why=not', 'lo', '0', '', ''), { text: 'hello' }],
  ['in chunks with trailers', lines('HTTP/1.1 200 OK', 'transfer-encoding: Chunked', '', 'A', '0123456789', '00', 'X-Sum: 1', 'X-More: 2', '', ''), { text: '0123456789' }],
  ['after interim answers', lines('HTTP/1.1 100 Continue', '', 'HTTP/1.1 103 Early Hints', 'link: </a>', '', 'HTTP/1.1 200 OK', 'content-length: 2', '', 'ok'), { status: 200, text: 'ok' }],
  ['of HTTP/1.0, which closes', lines('HTTP/1.0 200 OK', 'content-length: 2', '', 'ok'), { text: 'ok', keepMs: 0 }],
  ['that closes', lines('HTTP/1.1 200 OK', 'connection: Close', 'content-length: 2', '', 'ok'), { text: 'ok', keepMs: 0 }],
  ['that says how long it is kept', lines('HTTP/1.1 200 OK', 'keep-alive: timeout=5, max=100', 'content-length: 2', '', 'ok'), { keepMs: 4_000 }],
  ['kept as long as can be', lines('HTTP/1.1 200 OK', 'keep-alive: timeout=500', 'content-length: 2', '', 'ok'), { keepMs: 30_000 }],
])('a response %s', (_, text, expected) => {
  test('is read in one piece', () => {
    expect(read([text])).toMatchObject(expected);
  });

  test('is read in two pieces, wherever it is cut, and not before its last byte', () => {
    for (let at = 0; at < text.length; at += 1) {
      expect(read([text.slice(0, at)]), `first ${at} bytes`).toBeNull();
      expect(read([text.slice(0, at), text.slice(at)]), `cut at ${at}`).toMatchObject(expected);
    }
  });

  test('is read byte by byte', () => {
    expect(read([...text])).toMatchObject(expected);
  });
});

test('a response without a length ends with its connection', () => {
  const text = lines('HTTP/1.1 200 OK', '', 'hel');
  expect(read([text, 'lo'])).toBeNull();
  expect(read([text, 'lo'], true)).toMatchObject({ status: 200, text: 'hello' });
});

test('one with a length that ends before is not whole', () => {
  expect(read([lines('HTTP/1.1 200 OK', 'content-length: 5', '', 'hel')], true)).toBeNull();
});

test('several lines of one header are one value, and names are in small letters', () => {
  const reader = responseReader(BYTES_MAX);
  reader.take(bytes(lines('HTTP/1.1 200 OK', 'Cache-Control: private', 'cache-control:  max-age=3 ', 'content-length: 0', '', '')));
  expect(reader.head?.headers['cache-control']).toBe('private, max-age=3');
});

test('UTF-8 that is cut between its bytes is put together', () => {
  const reader = responseReader(BYTES_MAX);
  const body = Buffer.from('größer');
  const whole = Buffer.concat([bytes(lines('HTTP/1.1 200 OK', `content-length: ${body.length}`, '', '')), body]);
  const cut = whole.length - 4;
  expect([reader.take(whole.subarray(0, cut)), reader.take(whole.subarray(cut)), reader.content.text()]).toEqual([false, true, 'größer']);
});

test.each<[string, string, RegExp]>([
  ['no HTTP', lines('SSH-2.0-OpenSSH', '', ''), /not HTTP/],
  ['another version', lines('HTTP/2 200', '', ''), /not HTTP/],
  ['two lengths', lines('HTTP/1.1 200 OK', 'content-length: 2', 'content-length: 3', '', 'abc'), /no number/],
  ['a length and chunks', lines('HTTP/1.1 200 OK', 'content-length: 2', 'transfer-encoding: chunked', '', ''), /two ways/],
  ['another encoding', lines('HTTP/1.1 200 OK', 'transfer-encoding: gzip, chunked', '', ''), /two ways/],
  ['a length that is none', lines('HTTP/1.1 200 OK', 'content-length: -1', '', ''), /no number/],
  ['more than its length', lines('HTTP/1.1 200 OK', 'content-length: 2', '', 'abc'), /more than its answer/],
  ['more after its chunks', lines('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '0', '', 'HTTP/1.1'), /more than its answer/],
  ['a chunk without a size', lines('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', 'x', ''), /without a size/],
  ['a chunk longer than it says', lines('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '1', 'abcd', ''), /longer than it says/],
  ['a folded header', lines('HTTP/1.1 200 OK', 'a: b', ' c', '', ''), /a header that is none/],
  ['a header without a name', lines('HTTP/1.1 200 OK', ': b', '', ''), /a header that is none/],
  ['a space before the colon', lines('HTTP/1.1 200 OK', 'content-length : 2', '', 'ab'), /a header that is none/],
  ['a compressed body', lines('HTTP/1.1 200 OK', 'content-encoding: gzip', 'content-length: 2', '', 'ab'), /compressed/],
  ['a length over the bound', lines('HTTP/1.1 200 OK', 'content-length: 1001', '', ''), /larger than 1000 bytes/],
  ['chunks over the bound', lines('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '3e8', 'x'.repeat(1_000), '1', 'x', ''), /larger than 1000 bytes/],
  ['a body without end over the bound', lines('HTTP/1.1 200 OK', '', 'x'.repeat(1_001)), /larger than 1000 bytes/],
  ['a head without end', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(20_000)}`, /no end/],
])('%s is refused', (_, text, expected) => {
  expect(() => read([text])).toThrow(expected);
});
