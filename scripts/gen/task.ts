/**
 * One step of generation: skipped when the hash of its inputs and of its outputs is the one remembered in node_modules/.cache/pms.
 * With `check`, committed outputs are compared instead of written.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesBelow, root, sha256, shown } from './workspace.ts';

/** What people wrote cannot be generated from; the message is all there is to say. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

export interface Output {
  readonly file: string;
  readonly text: string;
}

export interface Task {
  readonly name: string;
  /** Texts that decide the result; the generator's own source and the lockfile are added. */
  readonly inputs: readonly string[];
  /** In git: only these can be out of date for a reader of the repository. */
  readonly committed: boolean;
  /** Resolves to the files to write; a task that writes by itself lists them with `text` as written. */
  run(): Promise<readonly Output[]>;
}

export interface Mode {
  readonly check: boolean;
  /** Committed files that are not what generation would write; filled with `check` only. */
  readonly stale: string[];
}

interface Stamp {
  readonly inputs: string;
  readonly outputs: Readonly<Record<string, string>>;
}

const CACHE = join(root, 'node_modules/.cache/pms/gen');
const readOr = (file: string, otherwise: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : otherwise);
let toolsHash: string | undefined;

function tools(): string {
  toolsHash ??= sha256(...filesBelow(import.meta.dirname, '.ts').map((file) => readFileSync(file, 'utf8')), readOr(join(root, 'pnpm-lock.yaml'), ''));
  return toolsHash;
}

function isFresh(stampFile: string, inputs: string): boolean {
  if (!existsSync(stampFile)) return false;
  const stamp = JSON.parse(readFileSync(stampFile, 'utf8')) as Stamp;
  return stamp.inputs === inputs && Object.entries(stamp.outputs).every(([file, hash]) => sha256(readOr(join(root, file), '')) === hash);
}

function put({ file, text }: Output): void {
  if (readOr(file, '\0') === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** True when it did something, false when everything was up to date. */
export async function perform(task: Task, mode: Mode): Promise<boolean> {
  const stampFile = join(CACHE, `${task.name.replaceAll(/[^a-z0-9]+/g, '-')}.json`);
  const inputs = sha256(tools(), ...task.inputs);
  if (isFresh(stampFile, inputs)) return false;
  const outputs = await task.run();
  const comparing = mode.check && task.committed;
  const stale = comparing ? outputs.filter(({ file, text }) => readOr(file, '\0') !== text) : [];
  mode.stale.push(...stale.map(({ file }) => shown(file)));
  if (!comparing) outputs.forEach(put);
  if (stale.length > 0) return true;
  const stamp: Stamp = { inputs, outputs: Object.fromEntries(outputs.map(({ file, text }) => [shown(file), sha256(text)])) };
  put({ file: stampFile, text: JSON.stringify(stamp) });
  return true;
}
