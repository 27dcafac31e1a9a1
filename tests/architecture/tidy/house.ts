/** The repository as tidiness sees it: paths and texts of what people write, nothing that is generated or installed. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** From the root, with forward slashes → text. */
export type House = ReadonlyMap<string, string>;

/** What is wrong, one sentence each, opening with the path. */
export type Rule = (house: House) => string[];

const root = join(import.meta.dirname, '../../..');
const unread = /^tests\/architecture\/planted\/|^schema\/client\/src\/generated\/|pnpm-lock\.yaml$|\.(png|jpg|ico|woff2|csv|gz|zip)$/;

/** Tracked files and those about to be: what git ignores is not ours to judge. */
export function ourHouse(): House {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' });
  const files = new Map<string, string>();
  for (const path of listed.split('\0').filter((name) => name !== '' && !unread.test(name))) {
    try {
      files.set(path, readFileSync(join(root, path), 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' && (error as NodeJS.ErrnoException).code !== 'EISDIR') throw error; // deleted and not committed yet
    }
  }
  return files;
}

export const subgraphsOf = (house: House): string[] => [...new Set([...house.keys()].flatMap((path) => /^subgraphs\/([^/]+)\//.exec(path)?.[1] ?? []))].toSorted();
export const isCode = (path: string): boolean => /\.(ts|mjs)$/.test(path);
export const isTest = (path: string): boolean => /\.test\.ts$|\/test\/|^tests\//.test(path);
