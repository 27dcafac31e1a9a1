/** The migrations on disk: prisma/<folder>/migrations/<nnnn>_<name>/migration.sql, one Postgres schema for each folder. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Migration {
  /** The folder's name, such as 0001_init; the order of names is the order of application. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file's bytes, as Prisma computes it. */
  readonly checksum: string;
}

export interface MigrationSet {
  readonly folder: string;
  /** The Postgres schema: the folder's name with underscores (trade-capture → trade_capture). */
  readonly schema: string;
  readonly migrations: readonly Migration[];
}

export const schemaOf = (folder: string): string => folder.replaceAll('-', '_');
export const folderPath = (folder: string): string => join(import.meta.dirname, folder);

/** Folders that hold a schema.prisma, in alphabetical order. */
export function prismaFolders(): string[] {
  return readdirSync(import.meta.dirname)
    .filter((name) => existsSync(join(folderPath(name), 'schema.prisma')))
    .toSorted();
}

export function migrationsOf(folder: string): MigrationSet {
  const base = join(folderPath(folder), 'migrations');
  const names = existsSync(base) ? readdirSync(base).filter((name) => existsSync(join(base, name, 'migration.sql'))) : [];
  const migrations = names.toSorted().map((name) => {
    const bytes = readFileSync(join(base, name, 'migration.sql'));
    return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') };
  });
  return { folder, schema: schemaOf(folder), migrations };
}

/** What is done to the tables after the migrations. */
const ISOLATION = ['isolation.ts', 'roles.ts'];

/** One hash for everything that decides what a migrated database looks like. */
export function fingerprint(): string {
  const hash = createHash('sha256');
  for (const folder of prismaFolders())
    for (const { name, checksum } of migrationsOf(folder).migrations) hash.update(`${folder}/${name}:${checksum}\n`);
  for (const file of ISOLATION) hash.update(readFileSync(join(import.meta.dirname, file)));
  return hash.digest('hex').slice(0, 16);
}
