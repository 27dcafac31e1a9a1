/**
 * `npm run sbom`: the bill of materials (CycloneDX 1.6) of what the lockfile holds, made by pnpm, put in one order, and checked against the schema of
 * its format. The same lockfile gives the same bytes. Goes to the file that is named, or to standard output.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import PNPM from './start/pnpm-version.json' with { type: 'json' };
import { faultsOf, inOneOrder } from './sbom/document.ts';
import { dependenciesIn, type Room } from './sbom/graph.ts';

const root = path.join(import.meta.dirname, '..');
const BYTES_MAX = 64 * 1_024 * 1_024;
const { values } = parseArgs({ options: { out: { type: 'string' } } });

const made = execFileSync('npx', ['--yes', '--package', `pnpm@${PNPM}`, '--', 'pnpm', 'sbom', '--lockfile-only', '--sbom-format', 'cyclonedx', '--sbom-spec-version', '1.6', '--sbom-type', 'application'], {
  cwd: root, encoding: 'utf8', maxBuffer: BYTES_MAX, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, CI: '1' }, shell: process.platform === 'win32',
});
const roomAt = (folder: string): Room => ({ version: '0.0.0', ...JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8')) as Pick<Room, 'name'> });
const text = inOneOrder(made, dependenciesIn(readFileSync(path.join(root, 'pnpm-lock.yaml'), 'utf8'), roomAt));
const faults = await faultsOf(text);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
else if (values.out === undefined) process.stdout.write(text);
else writeFileSync(values.out, text);
