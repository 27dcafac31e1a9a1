/** Installs the gateways of bench/peers when they are not there: with the pinned pnpm, from its lockfile, without any package's scripts. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The same as in scripts/start/install.mjs. */
const PNPM = '12.21.0';
export const PEERS = join(import.meta.dirname, '../peers');
const STAMP = join(PEERS, 'node_modules/.installed');

/** What npm tells its scripts is left out, except the registry and the way to it: pnpm would take npm's settings for its own. */
const kept = /^npm_config_(registry|cache|userconfig|proxy|https?_proxy|noproxy|cafile|strict_ssl|_auth.*|\/\/.*)$/i;

export function installPeers(): void {
  const wanted = createHash('sha256').update(readFileSync(join(PEERS, 'pnpm-lock.yaml'))).digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
  console.log('Installing the peers (bench/peers) …');
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || kept.test(name)));
  execFileSync('npx', ['--yes', '--package', `pnpm@${PNPM}`, '--', 'pnpm', 'install', '--frozen-lockfile', '--ignore-scripts', '--prefer-offline', '--reporter=silent'],
    { cwd: PEERS, env: { ...env, CI: '1' }, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
  writeFileSync(STAMP, wanted);
}

export const peerVersion = (name: string): string => (JSON.parse(readFileSync(join(PEERS, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version;
