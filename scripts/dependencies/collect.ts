/** What is locked, and what is installed of it: the lockfile, and the packages in the store of node_modules. */
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { Installed, Locked } from './rules.ts';

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly resolution: Readonly<Record<string, unknown>> }>>;
}

const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'] as const;

export function lockedIn(lockfile: string): readonly Locked[] {
  const { packages } = parse(lockfile) as Lockfile;
  return Object.entries(packages).map(([id, { resolution }]) => ({ id, resolution }));
}

/** Whether packages may run scripts, by name. */
export function buildsIn(workspace: string): ReadonlyMap<string, boolean> {
  const { allowBuilds = {} } = parse(workspace) as { readonly allowBuilds?: Readonly<Record<string, boolean>> };
  return new Map(Object.entries(allowBuilds));
}

/** Every package in node_modules/.pnpm, once for each version. */
export function installedIn(root: string): readonly Installed[] {
  const store = path.join(root, 'node_modules/.pnpm');
  const folders = readdirSync(store).map((entry) => path.join(store, entry, 'node_modules')).filter((folder) => existsSync(folder)).flatMap(packagesIn);
  const found = folders.map(installedAt);
  return [...new Map(found.map((one) => [one.id, one])).values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** The packages themselves: what they depend on stands beside them as a link. */
function packagesIn(folder: string): string[] {
  const entries = readdirSync(folder).flatMap((name) => (name.startsWith('@') ? readdirSync(path.join(folder, name)).map((inner) => path.join(folder, name, inner)) : [path.join(folder, name)]));
  return entries.filter((entry) => lstatSync(entry).isDirectory() && existsSync(path.join(entry, 'package.json')));
}

function installedAt(folder: string): Installed {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { readonly name: string; readonly version: string; readonly license?: unknown; readonly licenses?: unknown; readonly scripts?: Readonly<Record<string, string>> };
  const { name, version, scripts = {} } = manifest;
  const own = INSTALL_SCRIPTS.filter((script) => scripts[script] !== undefined);
  return { id: `${name}@${version}`, name, licence: licenceOf(manifest), scripts: own.length === 0 && existsSync(path.join(folder, 'binding.gyp')) ? ['binding.gyp'] : own };
}

/** Older packages write it in other ways. */
function licenceOf({ license, licenses }: { readonly license?: unknown; readonly licenses?: unknown }): string | null {
  const type = (value: unknown): string | null => (typeof value === 'string' ? value : typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' ? value.type : null);
  if (Array.isArray(licenses) && license === undefined) return licenses.map(type).filter((one) => one !== null).join(' OR ') || null;
  return type(license);
}
