/** Takes secrets out of what is to be logged, by the names of their fields, some levels deep. What holds none is given back as it is: most lines do not. */

const NAMES: ReadonlySet<string> = new Set(['password', 'secret', 'clientsecret', 'client_secret', 'token', 'accesstoken', 'access_token', 'refreshtoken', 'refresh_token', 'authorization', 'cookie', 'set-cookie']);
const REMOVED = '[removed]';
const LEVELS_MAX = 5;

export const withoutSecrets = <T extends object>(fields: T): T => clean(fields, LEVELS_MAX) as T;

/** Never changes what it is given; copies an object in which it found something. */
function clean(value: object, levels: number): object {
  if (Array.isArray(value)) return cleanList(value, levels);
  let copy: Record<string, unknown> | null = null;
  for (const key of Object.keys(value)) {
    const inner: unknown = (value as Record<string, unknown>)[key];
    const next = isSecret(key) && inner !== undefined && inner !== null ? REMOVED : cleanInner(inner, levels);
    if (next === inner) continue;
    copy ??= { ...value };
    copy[key] = next;
  }
  return copy ?? value;
}

function cleanList(items: readonly unknown[], levels: number): readonly unknown[] {
  let copy: unknown[] | null = null;
  items.forEach((item, index) => {
    const next = cleanInner(item, levels);
    if (next === item) return;
    copy ??= [...items];
    copy[index] = next;
  });
  return copy ?? items;
}

/** Errors are taken apart by the logger first; what writes itself as JSON is one value. */
function cleanInner(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null || levels === 0 || value instanceof Error || 'toJSON' in value) return value;
  return clean(value, levels - 1);
}

const SHORTEST = 5;
const LONGEST = 13;

/** Most names are told apart by their length and whether they are known in lower case already. */
function isSecret(name: string): boolean {
  if (name.length < SHORTEST || name.length > LONGEST) return false;
  return NAMES.has(name) || NAMES.has(name.toLowerCase());
}
