/** The SQL between a folder's migrations and its schema.prisma, by Prisma's schema engine in WebAssembly (no native engine, no download). */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { folderPath, migrationsOf } from '../migrations.ts';
import { noDatabase, scratchDatabases } from './adapter.ts';

interface Engine {
  diff(input: unknown): Promise<{ readonly exitCode: number; readonly stdout?: string }>;
  free(): void;
}
type Exports = Readonly<Record<string, unknown>>;
/** The part of the global that is used; its declarations come only with the browser's. */
interface Wasm {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: Readonly<Record<string, unknown>>) => { readonly exports: Exports };
}
interface Glue {
  __wbg_set_wasm(exports: Exports): void;
  readonly SchemaEngine: { new: (options: unknown, log: (line: string) => void, adapter: unknown) => Promise<Engine> };
}

let loaded: Promise<Glue> | undefined;

/** The module may be instantiated once in a process. */
function glue(): Promise<Glue> {
  loaded ??= (async () => {
    const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
    const bindings = (await import(pathToFileURL(join(folder, 'schema_engine_bg.js')).href)) as Glue;
    const { Module, Instance } = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;
    const module = new Module(readFileSync(join(folder, 'schema_engine_bg.wasm')));
    const { exports } = new Instance(module, { './schema_engine_bg.js': bindings });
    bindings.__wbg_set_wasm(exports);
    (exports['__wbindgen_start'] as () => void)();
    return bindings;
  })();
  return loaded;
}

function datamodel(folder: string): unknown {
  const base = folderPath(folder);
  const files = readdirSync(base).filter((name) => name.endsWith('.prisma')).toSorted();
  return { tag: 'schemaDatamodel', files: files.map((name) => ({ path: join(base, name), content: readFileSync(join(base, name), 'utf8') })) };
}

function migrations(folder: string): unknown {
  return {
    tag: 'migrations',
    baseDir: join(folderPath(folder), 'migrations'),
    shadowDbInitScript: '',
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    migrationDirectories: migrationsOf(folder).migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
}

/** SQL that takes a database with the folder's migrations to its schema.prisma; empty when they agree. `url` may be left out for a folder without migrations. */
export async function missingSql(folder: string, url?: string): Promise<string> {
  const first = migrationsOf(folder).migrations.length === 0;
  const factory = first || url === undefined ? noDatabase() : scratchDatabases(url);
  const { SchemaEngine } = await glue();
  const engine = await SchemaEngine.new({ datamodels: undefined }, () => undefined, bindMigrationAwareSqlAdapterFactory(factory));
  try {
    const { exitCode, stdout } = await engine.diff({
      from: first ? { tag: 'empty' } : migrations(folder),
      to: datamodel(folder),
      script: true,
      exitCode: true,
      shadowDatabaseUrl: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    return exitCode === 2 ? (stdout ?? '') : '';
  } finally {
    engine.free();
  }
}
