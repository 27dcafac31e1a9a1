/**
 * JSON in its one canonical form (RFC 8785): members sorted by UTF-16 code units, numbers and strings as ECMAScript writes
 * them, no white space. Refuses what JSON or the RFC cannot carry: NaN, infinities, lone surrogates, functions, undefined values in arrays.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string': return text(value);
    case 'number': return number(value);
    case 'boolean': return String(value);
    case 'object': return value === null ? 'null' : Array.isArray(value) ? `[${value.map(canonicalJson).join(',')}]` : members(value);
    default: throw new TypeError(`JSON has no ${typeof value}`);
  }
}

/** Members without a value are left out, as JSON.stringify does. */
function members(value: object): string {
  const written = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${text(name)}:${canonicalJson(member)}`);
  return `{${written.join(',')}}`;
}

function text(value: string): string {
  if (!value.isWellFormed()) throw new TypeError('a lone surrogate is not text');
  return JSON.stringify(value);
}

function number(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`JSON has no ${value}`);
  return JSON.stringify(value); // also turns -0 into 0, as the RFC asks
}
