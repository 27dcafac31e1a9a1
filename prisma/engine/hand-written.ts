/**
 * What migrations hold and schema.prisma cannot say. Prisma itself overlooks triggers, functions, checks, policies, views, partial and
 * expression indexes; an ordinary index that was written by hand it would drop, unless it is left alone here.
 */

/** Prisma heads every index it writes with `-- CreateIndex`; one without that heading is by hand. */
const INDEX = /(--\s*CreateIndex\s*)?\bcreate\s+(?:unique\s+)?index\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?"?(\w+)"?/gi;
const DROPPED_INDEX = /^-- DropIndex\s+DROP INDEX "\w+"\."(\w+)";\s*$/;

function handWrittenIndexes(migrations: string): ReadonlySet<string> {
  return new Set([...migrations.matchAll(INDEX)].flatMap(([, heading, name]) => (heading === undefined && name !== undefined ? [name] : [])));
}

/** The difference without the dropping of hand-written indexes; empty when nothing is left. */
export function keepingHandWritten(difference: string, migrations: string): string {
  const kept = handWrittenIndexes(migrations);
  return difference
    .split(/^(?=-- [A-Z])/m)
    .filter((block) => !kept.has(DROPPED_INDEX.exec(block.trim())?.[1] ?? ''))
    .join('')
    .trim();
}
