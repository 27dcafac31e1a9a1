/** Reads HTTP/1.1 responses off a connection as cheaply as possible: status and length of each, and the first bytes for people. */

export interface Response {
  readonly status: number;
  /** Of the body, in bytes. */
  readonly length: number;
  /** The body's first bytes. */
  readonly start: string;
}

export interface ResponseReader {
  push(chunk: Buffer): void;
}

const START_BYTES_MAX = 300;
const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');

type Step =
  | { readonly in: 'head' }
  | { readonly in: 'body'; left: number }
  /** The line that says how long the next piece is. */
  | { readonly in: 'size' }
  /** A piece, with the line end after it. */
  | { readonly in: 'piece'; left: number }
  | { readonly in: 'end' };

/** Calls `done` for each response that is whole. Throws when what comes is not HTTP. */
export function responses(done: (response: Response) => void): ResponseReader {
  let step: Step = { in: 'head' };
  let rest: Buffer | null = null;
  let status = 0;
  let length = 0;
  let start = '';

  const finish = (): void => {
    step = { in: 'head' };
    done({ status, length, start });
  };
  const keep = (chunk: Buffer, from: number, to: number): void => {
    length += to - from;
    if (start.length < START_BYTES_MAX) start += chunk.toString('latin1', from, Math.min(to, from + START_BYTES_MAX));
  };
  /** What follows a head. */
  const begin = (head: string): void => {
    status = Number(head.slice(9, 12));
    length = 0;
    start = '';
    const known = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (known === undefined) step = { in: 'size' };
    else if (known === '0') finish();
    else step = { in: 'body', left: Number(known) };
  };
  const line = (chunk: Buffer, at: number, mark: Buffer): { readonly text: string; readonly next: number } | null => {
    const found = chunk.indexOf(mark, at);
    return found === -1 ? null : { text: chunk.toString('latin1', at, found), next: found + mark.length };
  };

  /** The position after what could be read; the same one when more has to come first. */
  const read = (chunk: Buffer, at: number): number => {
    if (step.in === 'body' || step.in === 'piece') {
      const to = Math.min(chunk.length, at + step.left);
      const trailing = step.in === 'piece' ? LINE_END.length : 0;
      keep(chunk, at, Math.max(at, Math.min(to, at + step.left - trailing)));
      step.left -= to - at;
      if (step.left === 0) {
        if (step.in === 'body') finish();
        else step = { in: 'size' };
      }
      return to;
    }
    const found = line(chunk, at, step.in === 'head' ? HEAD_END : LINE_END);
    if (found === null) return at;
    if (step.in === 'head') begin(found.text);
    else if (step.in === 'end') finish();
    else {
      const size = Number.parseInt(found.text, 16);
      step = size === 0 ? { in: 'end' } : { in: 'piece', left: size + LINE_END.length };
    }
    return found.next;
  };

  return {
    push(given) {
      const chunk = rest === null ? given : Buffer.concat([rest, given]);
      rest = null;
      let at = 0;
      while (at < chunk.length) {
        const next = read(chunk, at);
        if (next === at) {
          rest = chunk.subarray(at);
          return;
        }
        at = next;
      }
    },
  };
}
