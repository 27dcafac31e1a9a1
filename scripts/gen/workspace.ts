/** Where things are in the repository: the root, the domains, and what each domain declares about its generated types. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const root = join(import.meta.dirname, '../..');
const PRELUDE = join(root, 'platform/subgraph/src/common.graphql');

/** What a domain's package.json says under "codegen". Paths are relative to its src/graphql. */
export interface CodegenOptions {
  readonly contextType?: string;
  readonly mappers?: Readonly<Record<string, string>>;
}

export interface Domain {
  readonly name: string;
  readonly folder: string;
  readonly codegen: CodegenOptions;
  readonly dependencies: readonly string[];
  /** Its own schema.graphql followed by the shared prelude; null while there is no schema.graphql. */
  readonly sdl: string | null;
}

const everyFederationDirective =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@override", "@inaccessible", "@tag", "@extends", "@interfaceObject", "@authenticated", "@requiresScopes", "@policy", "@cost", "@listSize"])\n\n';

function domainSdl(folder: string): string | null {
  const file = join(folder, 'schema.graphql');
  if (!existsSync(file)) return null;
  const prelude = existsSync(PRELUDE) ? readFileSync(PRELUDE, 'utf8') : '';
  const sdl = `${readFileSync(file, 'utf8').trimEnd()}\n${prelude === '' ? '' : `\n${prelude.trimEnd()}\n`}`;
  return sdl.includes('specs.apollo.dev/federation/') ? sdl : everyFederationDirective + sdl;
}

/** Every folder under subgraphs/, in alphabetical order, whether or not it has a schema yet. */
export function domains(): Domain[] {
  const base = join(root, 'subgraphs');
  return readdirSync(base, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(base, entry.name, 'package.json')))
    .map(({ name }) => {
      const folder = join(base, name);
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        codegen?: CodegenOptions;
        dependencies?: Record<string, string>;
      };
      return { name, folder, codegen: manifest.codegen ?? {}, dependencies: Object.keys(manifest.dependencies ?? {}), sdl: domainSdl(folder) };
    })
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

/** Files below `folder` whose name ends with `suffix`, sorted, as paths; empty when the folder is missing. */
export function filesBelow(folder: string, suffix: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(suffix) && !name.includes('node_modules'))
    .map((name) => join(folder, name))
    .toSorted();
}

/** A file's path as people write it: from the root, with forward slashes. */
export const shown = (file: string): string => relative(root, file).replaceAll('\\', '/');

export const sha256 = (...parts: readonly string[]): string => parts.reduce((hash, part) => hash.update(part).update('\0'), createHash('sha256')).digest('hex');
