/** What a person can mend themselves, in a sentence. */

/** Postgres's codes for what is not there: a table, a schema, a database. */
const UNDEFINED_TABLE = '42P01';
const UNDEFINED_SCHEMA = '3F000';
const UNDEFINED_DATABASE = '3D000';
/** For a role that is there and may not read what it works with: it was made by another release. */
const NOT_GRANTED = '42501';
/** And for whoever cannot log in: a role that is not there, too. */
const LOGIN_REFUSED: ReadonlySet<unknown> = new Set(['28P01', '28000']);

/** null for the rest, which wants its stack. */
export function sentenceOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error.name === 'StartError') return error.message;
  const { code, port } = error as { code?: unknown; port?: unknown };
  if (code === 'EADDRINUSE') return `Port ${String(port)} is taken by another program: end it, or choose another port.`;
  if (LOGIN_REFUSED.has(code)) return `The database does not let a role of the platform in (${error.message}): run pms migrate with the secrets of this process (PMS_SECRET_DATABASE_<DOMAIN>, or those in PMS_HOME), or name the right one in DATABASE_URL.`;
  if (code === UNDEFINED_DATABASE) return `There is no such database (${error.message}): make it, or name the right one in DATABASE_URL.`;
  return code === UNDEFINED_TABLE || code === UNDEFINED_SCHEMA || code === NOT_GRANTED
    ? `This database lacks tables of the platform, or rights on them (${error.message}): bring it up to date with pms migrate, or name the right one in DATABASE_URL.` : null;
}
