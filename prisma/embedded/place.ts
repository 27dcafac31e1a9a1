/** What is remembered of one embedded server: where its data lies, its port, its password. Kept beside the data folder that was asked for. */
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { type Account, canEnter } from './account.ts';
import { SHARED_FOLDER } from './native.ts';

/** Below the range that systems hand out to clients, so that a derived port is seldom taken. */
const PORT_FIRST = 24_000;
const PORT_COUNT = 8_000;

export interface Place {
  /** Where the data really is: `asked`, or a folder outside the clone that the account may enter. */
  readonly dataDir: string;
  readonly port: number;
}

export interface Files {
  readonly asked: string;
  readonly record: string;
  readonly log: string;
  readonly lock: string;
  readonly password: string;
}

export function filesOf(asked: string): Files {
  const home = path.dirname(asked);
  const name = path.basename(asked);
  return {
    asked,
    record: path.join(home, `${name}.json`),
    log: path.join(home, `${name}.log`),
    lock: path.join(home, `${name}.lock`),
    password: path.join(home, 'secrets', `${name}-password`),
  };
}

/** `null` when this clone never started. */
export function recordedPlace(files: Files): Place | null {
  if (!fs.existsSync(files.record)) return null;
  try {
    const { dataDir, port } = JSON.parse(fs.readFileSync(files.record, 'utf8')) as Partial<Place>;
    return typeof dataDir === 'string' && typeof port === 'number' ? { dataDir, port } : null;
  } catch {
    return null; // a record cut short by a full disk: derived anew, from the same path
  }
}

export function recordPlace(files: Files, place: Place): void {
  const making = `${files.record}.${String(process.pid)}`;
  fs.writeFileSync(making, `${JSON.stringify(place, null, 2)}\n`);
  fs.renameSync(making, files.record);
}

/** A folder outside has a random part: a clone made later at the same path must not find a former one's data. */
export function newDataDir(files: Files, account: Account | null): string {
  if (account === null || canEnter(path.dirname(files.asked), account)) return files.asked;
  return path.join(SHARED_FOLDER, `pms-${digest(files.asked).toString('hex').slice(0, 12)}-${randomBytes(4).toString('hex')}`);
}

/** The port that was recorded, else one derived from the path, so that two clones do not meet; a free one where that is taken. */
export async function freePort(files: Files, preferred: number | undefined): Promise<number> {
  const port = preferred ?? PORT_FIRST + (digest(files.asked).readUInt32BE(0) % PORT_COUNT);
  return (await isFree(port)) ? port : anyPort();
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

function anyPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** Made on the first start; readable by its owner alone. */
export function passwordOf(files: Files): string {
  if (fs.existsSync(files.password)) return fs.readFileSync(files.password, 'utf8').trim();
  fs.mkdirSync(path.dirname(files.password), { recursive: true, mode: 0o700 });
  const password = randomBytes(24).toString('base64url');
  fs.writeFileSync(files.password, `${password}\n`, { mode: 0o600 });
  return password;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
