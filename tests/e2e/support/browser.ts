/** A real browser for tests of pages: the Chromium that an npm package carries for Linux on x64, with the libraries it needs; nothing is fetched. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

/** Our own, not the package's: those turn off the very rules between origins that are to be seen here. */
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'];

const glibc = (process.report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } }).header?.glibcVersionRuntime;

/** Null where there is a browser; else why there is none. */
export const noBrowser: string | null = process.platform === 'linux' && process.arch === 'x64' && glibc !== undefined
  ? null
  : `the browser that npm brings runs on Linux with glibc on x64, not on ${process.platform} ${process.arch}`;

export interface OpenBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

export async function openBrowser(): Promise<OpenBrowser> {
  const { stdout: folder } = await promisify(execFile)(process.execPath, [path.join(import.meta.dirname, 'unpack.ts')]);
  const home = mkdtempSync(path.join(os.tmpdir(), 'pms-browser-'));
  const forget = (): void => rmSync(home, { recursive: true, force: true });
  try {
    const env = { ...process.env, HOME: home, LD_LIBRARY_PATH: path.join(folder, 'al2023/lib'), FONTCONFIG_FILE: fontsOf(folder, home) };
    const browser = await chromium.launch({ executablePath: path.join(folder, 'chromium'), args: ARGUMENTS, env });
    return {
      browser,
      async close() {
        await browser.close();
        forget();
      },
    };
  } catch (error) {
    forget();
    throw error;
  }
}

/** A machine may have no fonts at all, and a browser without one dies. */
function fontsOf(folder: string, home: string): string {
  const file = path.join(home, 'fonts.conf');
  writeFileSync(file, `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>${folder}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>${home}/fonts</cachedir></fontconfig>`);
  return file;
}
