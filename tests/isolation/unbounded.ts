/**
 * Takes the organisation out of what the application asks of its database: wherever a statement of a request bounds rows by an organisation, they are bounded no
 * more, as if whoever wrote it had forgotten. What is not found then is not found because Postgres does not show it.
 */
import pg from 'pg';

/** `e.organization_id = $1`, as it is written by hand and by Prisma; not the column in lists, joins and sets. */
const BOUND = /((?:["\w]+\.)*"?organization_id"?) = (\$\d+)(?!\d)/g;
const SETS = /^\s*update\b[\s\S]*?\bset\b[\s\S]*?(?=\bwhere\b)/i;

export interface Unbounded {
  /** How many statements have lost a bound. */
  count(): number;
  undo(): void;
}

const freed = (text: string): string => {
  const kept = SETS.exec(text)?.[0] ?? '';
  return kept + text.slice(kept.length).replaceAll(BOUND, '($1 = $2 or true)');
};

type Query = (this: pg.Client, config: unknown, ...more: unknown[]) => unknown;

/** For every connection that a domain's role for requests has, from now on. */
export function unbounded(): Unbounded {
  const prototype = pg.Client.prototype as unknown as { query: Query };
  const before = prototype.query;
  let count = 0;
  const changed = (text: string): string => {
    const without = freed(text);
    if (without !== text) count += 1;
    return without;
  };
  prototype.query = function query(config, ...more) {
    const user = (this as pg.Client & { readonly user?: string }).user ?? '';
    if (!user.startsWith('pms_') || user === 'pms_bus' || user.endsWith('_worker')) return before.call(this, config, ...more);
    if (typeof config === 'string') return before.call(this, changed(config), ...more);
    const { text } = config as { readonly text?: unknown };
    if (typeof text === 'string') (config as { text: string }).text = changed(text);
    return before.call(this, config, ...more);
  };
  return { count: () => count, undo: () => { prototype.query = before; } };
}
