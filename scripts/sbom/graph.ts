/** Who depends on whom, as the lockfile has it: of every package, and of the rooms of this repository. */
import { parse } from 'yaml';

type Versions = Readonly<Record<string, string>>;
interface Importer {
  readonly dependencies?: Readonly<Record<string, { readonly version: string }>>;
  readonly devDependencies?: Readonly<Record<string, { readonly version: string }>>;
  readonly optionalDependencies?: Readonly<Record<string, { readonly version: string }>>;
}
interface Lockfile {
  readonly importers: Readonly<Record<string, Importer>>;
  readonly snapshots: Readonly<Record<string, { readonly dependencies?: Versions; readonly optionalDependencies?: Versions }>>;
}

/** A room of this repository: what its package.json calls it. */
export interface Room {
  readonly name: string;
  readonly version: string;
}

/** `roomAt` is told the folder of a package.json, from the root. Package URLs → package URLs, each list in order and without repetition. */
export function dependenciesIn(lockfile: string, roomAt: (folder: string) => Room): ReadonlyMap<string, readonly string[]> {
  const { importers, snapshots } = parse(lockfile) as Lockfile;
  const graph = new Map<string, Set<string>>();
  const add = (ref: string, on: readonly string[]): void => void graph.set(ref, new Set([...graph.get(ref) ?? [], ...on]));
  for (const [id, { dependencies = {}, optionalDependencies = {} }] of Object.entries(snapshots))
    add(refOfId(id), Object.entries({ ...dependencies, ...optionalDependencies }).map(([name, version]) => refOf(name, version)));
  for (const [folder, importer] of Object.entries(importers)) {
    const all = { ...importer.devDependencies, ...importer.optionalDependencies, ...importer.dependencies };
    add(ownRef(roomAt(folder)), Object.entries(all).map(([name, { version }]) => (version.startsWith('link:') ? ownRef(roomAt(joined(folder, version.slice('link:'.length)))) : refOf(name, version))));
  }
  return new Map([...graph].map(([ref, on]) => [ref, [...on].toSorted()]));
}

/** Behind the version stand the peers that it was resolved with. */
const withoutPeers = (text: string): string => text.replace(/\(.*$/, '');

function refOfId(id: string): string {
  const plain = withoutPeers(id);
  const at = plain.lastIndexOf('@');
  return packageUrl(plain.slice(0, at), plain.slice(at + 1));
}

/** An alias says which package it stands for in place of a version. */
const refOf = (name: string, version: string): string => (withoutPeers(version).includes('@') ? refOfId(version) : packageUrl(name, withoutPeers(version)));

const ownRef = ({ name, version }: Room): string => packageUrl(name, version);

const packageUrl = (name: string, version: string): string => `pkg:npm/${name.replace('@', '%40')}@${version}`;

function joined(folder: string, link: string): string {
  const parts = folder === '.' ? [] : folder.split('/');
  for (const part of link.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.length === 0 ? '.' : parts.join('/');
}
