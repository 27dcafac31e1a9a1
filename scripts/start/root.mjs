/** The folder of the clone, and the one kind of failure that is printed as a sentence. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

export class StartError extends Error {
  name = 'StartError';
}
