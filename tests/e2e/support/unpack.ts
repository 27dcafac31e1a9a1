/** Unpacks the npm package's browser, the libraries it needs and its fonts into the folder for temporary files: a process of its own, because the package knows no other folder. Prints where the browser is. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflate } from '@sparticuz/chromium';

const archives = path.resolve(path.dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '../bin');
const [executable] = await Promise.all(['chromium.br', 'swiftshader.tar.br', 'al2023.tar.br', 'fonts.tar.br'].map((archive) => inflate(path.join(archives, archive))));
process.stdout.write(executable ?? '');
