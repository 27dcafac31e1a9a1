/** What comes off a connection is read as responses, however it is cut. */
import { expect, test } from 'vitest';
import { type Response, responses } from './http-responses.ts';

const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n';
const MEASURED = 'HTTP/1.1 429 Too Many Requests\r\nContent-Length: 7\r\nx: y\r\n\r\n{"b":2}';
const EMPTY = 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n';
const EXPECTED: Response[] = [{ status: 200, length: 7, start: '{"a":1}' }, { status: 429, length: 7, start: '{"b":2}' }, { status: 204, length: 0, start: '' }];

const read = (chunks: readonly string[]): Response[] => {
  const found: Response[] = [];
  const reader = responses((response) => void found.push(response));
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  return found;
};

test('responses in pieces, of a known length and empty ones are told with their status and length', () => {
  expect(read([CHUNKED + MEASURED + EMPTY])).toEqual(EXPECTED);
});

test('it does not matter where the connection cuts them', () => {
  const whole = CHUNKED + MEASURED + EMPTY;
  for (let at = 1; at < whole.length; at += 1) expect(read([whole.slice(0, at), whole.slice(at)])).toEqual(EXPECTED);
  expect(read([...whole])).toEqual(EXPECTED);
});

test('a response that is not whole is not told', () => {
  expect(read([CHUNKED.slice(0, -1), ''])).toEqual([]);
  expect(read([MEASURED.slice(0, -1)])).toEqual([]);
});
