/** Secrets by name: from the environment, else generated once and kept in `<home>/secrets`, readable by its owner alone. Production generates none. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { StartError } from '@pms/prisma/embedded';
import type { Environment } from './environment.ts';

const SECRET_BYTES = 48;
const SECRET_CHARACTERS_MIN = 43; // 32 bytes as base64url

export function secretsOf({ production, secrets, home }: Pick<Environment, 'production' | 'secrets' | 'home'>): (name: string) => Promise<string> {
  return async (name) => {
    const given = secrets.get(name);
    if (given === undefined && production) throw new StartError(`Production generates no secrets: set PMS_SECRET_${name.toUpperCase().replaceAll('-', '_')}.`);
    if (given !== undefined && given.length < SECRET_CHARACTERS_MIN) throw new StartError(`The secret ${name} is too short: 32 random bytes as base64url, or more.`);
    return given ?? kept(path.join(home, 'secrets'), name);
  };
}

/** Null where there is none: it is not generated. */
export function givenSecretOf({ secrets, home }: Pick<Environment, 'secrets' | 'home'>): (name: string) => Promise<string | null> {
  return async (name) => {
    const file = path.join(home, 'secrets', name);
    const given = secrets.get(name) ?? (fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : null);
    if (given !== null && given.length < SECRET_CHARACTERS_MIN) throw new StartError(`The secret ${name} is too short: 32 random bytes as base64url, or more.`);
    return given;
  };
}

function kept(folder: string, name: string): string {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, name);
  const making = `${file}.${String(process.pid)}`;
  fs.writeFileSync(making, `${randomBytes(SECRET_BYTES).toString('base64url')}\n`, { mode: 0o600 });
  try {
    // Ten processes may ask at once: the first link wins, and all read the same.
    fs.linkSync(making, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    fs.rmSync(making, { force: true });
  }
  return fs.readFileSync(file, 'utf8').trim();
}
