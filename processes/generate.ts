/** Generates what is stale before the code that needs it is loaded. A production image has everything and no generator. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { StartError } from '@pms/prisma/embedded';

const root = path.resolve(import.meta.dirname, '..');
const program = path.join(root, 'scripts/gen.ts');

export async function generateStale(): Promise<void> {
  if (!fs.existsSync(program)) return;
  const output: Buffer[] = [];
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(process.execPath, [program], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (bytes: Buffer) => output.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => output.push(bytes));
    child.once('error', reject).once('close', resolve);
  });
  if (code !== 0) throw new StartError(`Generating failed:\n${Buffer.concat(output).toString().trim()}`);
}
