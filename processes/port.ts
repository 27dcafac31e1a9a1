/** Says in a sentence who has the port, before anything slow is done in vain. */
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { StartError } from '@pms/prisma/embedded';

/** Resolves to the port itself; for 0 to a free one. Throws StartError when it is taken. */
export function availablePort({ host, port, home }: { readonly host: string; readonly port: number; readonly home: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => reject(new StartError(reason(error, host, port, home))));
    probe.listen({ port, host, exclusive: true }, () => {
      const address = probe.address() as net.AddressInfo;
      probe.close(() => resolve(address.port));
    });
  });
}

function reason({ code, message }: NodeJS.ErrnoException, host: string, port: number, home: string): string {
  const where = `${host}:${String(port)}`;
  if (code === 'EACCES') return `Port ${String(port)} may only be opened by an administrator: choose one above 1023, \`npm start -- --port 4000\`.`;
  if (code === 'EADDRNOTAVAIL') return `This machine has no address ${host}: set HOST to one that it has.`;
  if (code !== 'EADDRINUSE') return `${where} cannot be opened: ${message}.`;
  const mine = runningHere(home);
  if (mine !== null && mine.port === port) return `The platform is already running from this folder, at ${mine.url} (process ${String(mine.pid)}).`;
  return `Port ${String(port)} is in use by another program: end that, or choose another with \`npm start -- --port ${String(port + 1)}\`.`;
}

interface Running {
  readonly pid: number;
  readonly port: number;
  readonly url: string;
}

const noteOf = (home: string): string => path.join(home, 'running.json');

/** The platform that runs from this folder, or null; a note left by a killed one does not count. */
export function runningHere(home: string): Running | null {
  try {
    const note = JSON.parse(fs.readFileSync(noteOf(home), 'utf8')) as Running;
    process.kill(note.pid, 0);
    return note;
  } catch {
    return null;
  }
}

export function noteRunning(home: string, port: number, url: string): void {
  fs.mkdirSync(home, { recursive: true });
  fs.writeFileSync(noteOf(home), `${JSON.stringify({ pid: process.pid, port, url })}\n`);
}

export const forgetRunning = (home: string): void => fs.rmSync(noteOf(home), { force: true });
