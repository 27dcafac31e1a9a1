/**
 * Cuts a stream of bytes into FIX messages by their body length. What cannot be one is passed over up to the next beginning, so that garbage between
 * messages costs no more than itself. Bounded: a message that says it is longer than MESSAGE_BYTES_MAX is passed over too.
 */

export interface Framer {
  /** Whole messages, as Latin-1 text, that the bytes complete. */
  take(bytes: Uint8Array): string[];
  /** Bytes that were passed over so far. */
  skipped(): number;
}

export const MESSAGE_BYTES_MAX = 65_536;
const BEGINNING = '8=FIX';
const TRAILER_LENGTH = '10=000\u0001'.length;
const SOH = '\u0001';
const HEADER = new RegExp(`^8=FIX[\\w.]{1,8}${SOH}9=(\\d{1,6})${SOH}`);
const TRAILER = new RegExp(`^10=\\d{3}${SOH}$`);
/** The longest that a header can be, up to the end of its body length. */
const HEADER_LENGTH_MAX = 24;

export function framer(): Framer {
  let rest = '';
  let skipped = 0;
  /** Bytes that wait, and how many are missing to the end of the message that has begun: however few come at a time, they are put together once. */
  const waiting: string[] = [];
  let missing = 0;
  const drop = (length: number): void => {
    skipped += length;
    rest = rest.slice(length);
  };
  /** A message, or null once more bytes are needed. */
  function next(): string | null {
    for (;;) {
      const begin = rest.indexOf(BEGINNING);
      if (begin < 0) {
        drop(Math.max(0, rest.length - BEGINNING.length + 1)); // its end may be the beginning of a beginning
        return null;
      }
      drop(begin);
      const length = lengthOf(rest);
      if (length !== null && length > rest.length) missing = length - rest.length;
      if (length === null || length > rest.length) return null;
      if (length > 0 && TRAILER.test(rest.slice(length - TRAILER_LENGTH, length))) {
        const message = rest.slice(0, length);
        rest = rest.slice(length);
        return message;
      }
      drop(BEGINNING.length);
    }
  }
  return {
    take(bytes) {
      waiting.push(Buffer.from(bytes).toString('latin1'));
      missing -= bytes.length;
      if (missing > 0) return [];
      rest += waiting.splice(0).join('');
      missing = 0;
      const messages: string[] = [];
      for (let message = next(); message !== null; message = next()) messages.push(message);
      return messages;
    },
    skipped: () => skipped,
  };
}

/** Of the whole message that begins here; null where more bytes are needed to tell, 0 where it is none. */
function lengthOf(text: string): number | null {
  const header = HEADER.exec(text);
  if (header === null) return text.length < HEADER_LENGTH_MAX && !text.slice(BEGINNING.length).includes('8=') ? null : 0;
  const length = header[0].length + Number(header[1]) + TRAILER_LENGTH;
  return length > MESSAGE_BYTES_MAX ? 0 : length;
}
