/**
 * Arrays of texts and of JSON in the binary form of Postgres's protocol. As literals, JSON has to be escaped here and read again there, for each of the tens of
 * thousands of values of a bulk statement; so each is its length and its bytes. (The form is that of `array_send`: dimensions, whether there are nulls,
 * the element's type, then size and lower bound of the dimension, and the elements; JSONB has its version, 1, before it.)
 */
const TEXT = 25;
const JSON_TEXT = 114;
const JSONB = 3802;
const HEADER_BYTES = 20;
const CAST = /\$(\d{1,5})::(text|jsonb|json)\[\]/g;
const STATEMENTS_MAX = 2_000;
/** At first: it grows with what is sent. */
const SCRATCH_BYTES = 64 * 1024;
/** What is shorter is written quicker here than by a call into the runtime. */
const SHORT = 64;

export type ElementType = typeof TEXT | typeof JSON_TEXT | typeof JSONB;

const TYPES: Readonly<Record<string, ElementType>> = { text: TEXT, json: JSON_TEXT, jsonb: JSONB };

const known = new Map<string, ReadonlyMap<number, ElementType>>();

/** Which parameters (from 0) a statement takes as `text[]`, `json[]` or `jsonb[]`: those it casts so. */
export function arraysOf(statement: string): ReadonlyMap<number, ElementType> {
  const found = known.get(statement);
  if (found !== undefined) return found;
  const types = new Map([...statement.matchAll(CAST)].map(([, number = '', type = '']) => [Number(number) - 1, TYPES[type] ?? TEXT] as const));
  if (known.size < STATEMENTS_MAX) known.set(statement, types);
  return types;
}

let scratch = Buffer.allocUnsafe(SCRATCH_BYTES);

/** Null for an array that holds anything but texts, numbers and nulls. */
export function arrayBinary(values: readonly unknown[], type: ElementType): Buffer | null {
  const versioned = type === JSONB;
  let at = HEADER_BYTES;
  let nulls = 0;
  for (const value of values) {
    const text = textOf(value);
    if (text === undefined) return null;
    const most = 5 + (text?.length ?? 0) * 3; // of UTF-8: at most three bytes for each unit of UTF-16
    if (at + most > scratch.length) grow(at + most);
    if (text === null) {
      at = scratch.writeInt32BE(-1, at);
      nulls = 1;
      continue;
    }
    const start = at + 4;
    at = start;
    if (versioned) scratch[at++] = 1;
    at = written(text, at);
    scratch.writeInt32BE(at - start, start - 4);
  }
  scratch.writeInt32BE(values.length === 0 ? 0 : 1, 0);
  scratch.writeInt32BE(nulls, 4);
  scratch.writeInt32BE(type, 8);
  scratch.writeInt32BE(values.length, 12);
  scratch.writeInt32BE(1, 16);
  return Buffer.copyBytesFrom(scratch, 0, values.length === 0 ? 12 : at);
}

function textOf(value: unknown): string | null | undefined {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return null;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined;
}

function grow(least: number): void {
  const wider = Buffer.allocUnsafe(Math.max(least, scratch.length * 2));
  scratch.copy(wider);
  scratch = wider;
}

/** UTF-8 from there on; where it ends. */
function written(text: string, from: number): number {
  if (text.length >= SHORT) return from + scratch.write(text, from, 'utf8');
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80) return from + scratch.write(text, from, 'utf8');
    scratch[from + at] = unit;
  }
  return from + text.length;
}
