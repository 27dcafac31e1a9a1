/** Valid samples, changed where their structure is: whole tokens of a text and whole nodes of JSON, not bits. */
import fc from 'fast-check';
import { inherited, oddTexts, oddValues } from './odd.ts';

const EDITS_MAX = 6;
const REPEATS_MAX = 50;
/** Words and numbers, white space, and every other character by itself. */
const TOKEN = /[\p{L}\p{N}_.+-]+|\s+|./gsu;

interface Edit {
  readonly how: 'cut' | 'put' | 'replace' | 'repeat' | 'swap' | 'end' | 'garble';
  /** Shares of the text's tokens. */
  readonly at: number;
  readonly to: number;
  readonly what: string;
  readonly times: number;
}

const share = fc.integer({ min: 0, max: 9_999 }).map((part) => part / 10_000);

const editWith = (words: readonly string[]): fc.Arbitrary<Edit> => fc.record({
  how: fc.constantFrom<Edit['how'][]>('cut', 'put', 'put', 'replace', 'replace', 'replace', 'repeat', 'swap', 'end', 'garble'),
  at: share, to: share, times: fc.integer({ min: 1, max: REPEATS_MAX }),
  what: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...oddTexts) }, { weight: 3, arbitrary: fc.constantFrom(...words) }, { weight: 1, arbitrary: fc.constantFrom(...inherited) }, { weight: 1, arbitrary: fc.string({ maxLength: 12 }) }),
});

/** A sample with up to six edits; now and then any text at all. `words` are those of the format. */
export function mutatedText(samples: readonly string[], words: readonly string[]): fc.Arbitrary<string> {
  const mutated = fc.tuple(fc.constantFrom(...samples), fc.array(editWith(words), { maxLength: EDITS_MAX })).map(([sample, edits]) => edits.reduce(edited, tokensOf(sample)).join(''));
  const spoken = fc.array(fc.oneof(fc.constantFrom(...words), fc.constantFrom(...oddTexts)), { maxLength: 30 }).map((parts) => parts.join(''));
  return fc.oneof({ weight: 8, arbitrary: mutated }, { weight: 1, arbitrary: spoken }, { weight: 1, arbitrary: fc.string({ maxLength: 300, unit: 'binary' }) });
}

const tokensOf = (text: string): readonly string[] => text.match(TOKEN) ?? [];

function edited(tokens: readonly string[], { how, at, to, what, times }: Edit): readonly string[] {
  const [first = 0, last = 0] = [at, to].map((part) => Math.floor(part * tokens.length)).toSorted((a, b) => a - b);
  const near = Math.min(last, first + 8);
  switch (how) {
    case 'cut': return tokens.toSpliced(first, near - first + 1);
    case 'put': return tokens.toSpliced(first, 0, what);
    case 'replace': return tokens.toSpliced(first, 1, what);
    case 'repeat': return tokens.toSpliced(first, 0, ...Array.from({ length: times }, () => tokens.slice(first, near + 1)).flat());
    case 'swap': return tokens.map((token, place) => (place === first ? tokens[last] : place === last ? tokens[first] : token) ?? '');
    case 'end': return tokens.slice(0, first);
    case 'garble': return tokens.toSpliced(first, 1, (tokens[first] ?? '').slice(0, times), what);
  }
}

/** The bytes of a mutated text, with bytes of other encodings in them. */
export const mutatedBytes = (samples: readonly string[], words: readonly string[]): fc.Arbitrary<Uint8Array> =>
  fc.tuple(mutatedText(samples, words), fc.constantFrom<BufferEncoding[]>('utf8', 'utf8', 'latin1', 'utf16le'), share, fc.uint8Array({ maxLength: 4 })).map(([text, encoding, at, bytes]) => {
    const whole = Buffer.from(text, encoding);
    const place = Math.floor(at * whole.length);
    return Buffer.concat([whole.subarray(0, place), bytes, whole.subarray(place)]);
  });

interface JsonEdit {
  readonly how: 'replace' | 'remove' | 'rename' | 'nest' | 'add' | 'repeat';
  readonly at: number;
  readonly value: unknown;
  readonly name: string;
  readonly times: number;
}

const jsonEdit: fc.Arbitrary<JsonEdit> = fc.record({
  how: fc.constantFrom<JsonEdit['how'][]>('replace', 'replace', 'replace', 'remove', 'rename', 'nest', 'add', 'repeat'),
  at: share, times: fc.integer({ min: 1, max: REPEATS_MAX }), name: fc.constantFrom(...inherited, '', 'id', 'type'),
  value: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...oddValues) }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) }),
});

/** A sample with up to six of its nodes replaced, removed, renamed, nested or repeated. */
export function mutatedJson(samples: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.tuple(fc.constantFrom(...samples), fc.array(jsonEdit, { maxLength: EDITS_MAX })).map(([sample, edits]) => edits.reduce<unknown>(editedJson, sample));
}

const nodesIn = (value: unknown): number => (typeof value === 'object' && value !== null ? Object.values(value).reduce<number>((total, inner) => total + nodesIn(inner), 1) : 1);

function editedJson(value: unknown, edit: JsonEdit): unknown {
  const place = { left: Math.floor(edit.at * nodesIn(value)) };
  return walked(value, place, edit);
}

/** Copies on the way to the node that is changed; `place` counts down to it. */
function walked(value: unknown, place: { left: number }, edit: JsonEdit): unknown {
  if (place.left === 0) {
    place.left -= 1;
    return changed(value, edit);
  }
  place.left -= 1;
  if (Array.isArray(value)) return value.map((inner) => (place.left < 0 ? inner : walked(inner, place, edit)) as unknown);
  if (typeof value !== 'object' || value === null) return value;
  return fromEntries(Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
    if (place.left < 0) return [[name, inner]];
    if (place.left === 0 && edit.how === 'remove') return place.left -= 1, [];
    if (place.left === 0 && edit.how === 'rename') return place.left -= 1, [[edit.name, inner]];
    return [[name, walked(inner, place, edit)]];
  }));
}

/** With `__proto__` as a member like any other, as JSON.parse makes it. */
const fromEntries = (entries: readonly (readonly [string, unknown])[]): Record<string, unknown> => Object.fromEntries(entries);

function changed(value: unknown, { how, value: other, name, times }: JsonEdit): unknown {
  switch (how) {
    case 'nest': return Array.from({ length: times }).reduce<unknown>((inner) => (times % 2 === 0 ? [inner] : { [name]: inner }), value);
    case 'add': return typeof value === 'object' && value !== null && !Array.isArray(value) ? fromEntries([...Object.entries(value), [name, other]]) : [value, other];
    case 'repeat': return Array.from({ length: times }, () => value);
    default: return other;
  }
}
