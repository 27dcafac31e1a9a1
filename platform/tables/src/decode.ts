/** Bytes of a text file as text: by its byte order mark, else by the encoding that the reader names. Never throws for content. */

const BYTE_ORDER_MARKS: readonly (readonly [readonly number[], string])[] = [[[0xEF, 0xBB, 0xBF], 'utf-8'], [[0xFF, 0xFE], 'utf-16le'], [[0xFE, 0xFF], 'utf-16be']];

/** What stands for bytes that are no text in the encoding: readers name the cell that holds it. */
export const UNREADABLE = '\uFFFD';

/** Throws RangeError for the name of an encoding that is not known. Without a mark; what cannot be read is UNREADABLE. */
export function decodeText(bytes: Uint8Array, encoding = 'utf-8'): string {
  const marked = BYTE_ORDER_MARKS.find(([mark]) => mark.every((byte, at) => bytes[at] === byte));
  return new TextDecoder(marked?.[1] ?? encoding).decode(bytes);
}
