/**
 * Unpacks the npm package's browser, the libraries it needs and its fonts, once for each of its versions, and prints the folder. A process of
 * its own: the package knows only the folder for temporary files, where a half-written browser of somebody else may lie.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { inflate } from '@sparticuz/chromium';

const home = path.resolve(path.dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..');
const { version } = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8')) as { readonly version: string };
const cache = path.resolve(import.meta.dirname, '../../../node_modules/.cache/pms');
const folder = path.join(cache, `browser-${version}`);

if (!existsSync(folder)) {
  mkdirSync(cache, { recursive: true });
  const making = mkdtempSync(`${folder}.`);
  process.env['TMPDIR'] = making;
  await Promise.all(['chromium.br', 'swiftshader.tar.br', 'al2023.tar.br', 'fonts.tar.br'].map((archive) => inflate(path.join(home, 'bin', archive))));
  try {
    renameSync(making, folder);
  } catch {
    rmSync(making, { recursive: true }); // another run was faster
  }
}
process.stdout.write(folder);
