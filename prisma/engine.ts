/**
 * Migrations without Prisma's native engine. Both commands need a Postgres that may create databases, except `new` for a folder's first migration.
 *   node prisma/engine.ts new <folder> <name> [--url <postgres url>]     writes prisma/<folder>/migrations/<nnnn>_<name>/migration.sql
 *   node prisma/engine.ts drift --url <postgres url> [<folder> …]        fails where the migrations and schema.prisma disagree
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { missingSql } from './engine/diff.ts';
import { keepingHandWritten } from './engine/hand-written.ts';
import { folderPath, migrationsOf, prismaFolders } from './migrations.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function difference(folder: string, url: string | undefined): Promise<string> {
  const existing = migrationsOf(folder).migrations.map(({ sql }) => sql).join('\n');
  return keepingHandWritten(await missingSql(folder, url), existing);
}

/** The path of the new migration; null when there is nothing to change. */
async function newMigration(folder: string, name: string, url: string | undefined): Promise<string | null> {
  const sql = await difference(folder, url);
  if (sql === '') return null;
  const last = migrationsOf(folder).migrations.at(-1)?.name ?? '0000';
  const number = String(Number.parseInt(last, 10) + 1).padStart(4, '0');
  const file = join(folderPath(folder), 'migrations', `${number}_${name}`, 'migration.sql');
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `${sql}\n`);
  return file;
}

/** Folders that disagree, with the SQL that is missing from their migrations. */
export async function drift(url: string, folders: readonly string[] = prismaFolders()): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const folder of folders) {
    const sql = await difference(folder, url);
    if (sql !== '') found.set(folder, sql);
  }
  return found;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { url: { type: 'string' } }, allowPositionals: true });
  const [command, folder, name] = positionals;
  if (command === 'new' && folder !== undefined && name !== undefined && /^[a-z0-9_]+$/.test(name)) {
    say((await newMigration(folder, name, values.url)) ?? 'nothing to change');
    return 0;
  }
  if (command === 'drift' && values.url !== undefined) {
    const found = await drift(values.url, positionals.length > 1 ? positionals.slice(1) : prismaFolders());
    for (const [where, sql] of found) say(`prisma/${where}: the migrations lack\n${sql}\n`);
    if (found.size === 0) say('migrations and schema.prisma agree');
    return found.size === 0 ? 0 : 1;
  }
  say('usage: node prisma/engine.ts new <folder> <name_in_lower_case> [--url <postgres url>] | drift --url <postgres url> [<folder> …]');
  return 2;
}

if (import.meta.main) process.exitCode = await main();
