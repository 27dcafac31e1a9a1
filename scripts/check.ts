/** Everything that a machine can say about the repository without running the product: each check with its time, a summary, exit code 1 if one fails. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { testPostgres } from '@pms/testing/test-postgres';

const root = join(import.meta.dirname, '..');
const CHECK_MAX_MS = 300_000;

interface Check {
  readonly name: string;
  readonly what: string;
  /** Whether its last line is shown when it passes, too. */
  readonly tells?: boolean;
  run(): Promise<Outcome>;
}
interface Outcome {
  readonly passed: boolean;
  readonly output: string;
}

function command(program: string, ...args: string[]): () => Promise<Outcome> {
  return () =>
    new Promise((resolve) => {
      const path = [join(root, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(process.platform === 'win32' ? ';' : ':');
      const child = spawn(program, args, { cwd: root, env: { ...process.env, PATH: path }, timeout: CHECK_MAX_MS, shell: process.platform === 'win32' });
      let output = '';
      const keep = (bytes: Buffer): void => void (output += bytes.toString());
      child.stdout.on('data', keep);
      child.stderr.on('data', keep);
      child.once('error', (error) => resolve({ passed: false, output: error.message }));
      child.once('close', (code) => resolve({ passed: code === 0, output }));
    });
}

async function drift(): Promise<Outcome> {
  const server = await testPostgres();
  try {
    return await command(process.execPath, 'prisma/engine.ts', 'drift', '--url', server.url)();
  } finally {
    await server.stop();
  }
}

const checks: readonly Check[] = [
  { name: 'generated', what: 'generated files are up to date', run: command(process.execPath, 'scripts/gen.ts', '--check') },
  { name: 'types', what: 'types agree', run: command('tsc', '--noEmit') },
  { name: 'lint', what: 'style', run: command('oxlint', '--type-aware', '--threads=2') },
  { name: 'rooms', what: 'doors between rooms; tidiness', run: command('vitest', 'run', 'tests/architecture') },
  { name: 'dead', what: 'no dead code or unused dependency', run: command('knip', '--no-progress', '--no-config-hints') },
  { name: 'dependencies', what: 'dependencies are pinned, run nothing when installed, and are licensed', tells: true, run: command(process.execPath, 'scripts/dependencies.ts') },
  { name: 'advisories', what: 'no dependency has a grave fault that is known', tells: true, run: command(process.execPath, 'scripts/advisories.ts') },
  { name: 'sbom', what: 'the bill of materials is valid', run: command(process.execPath, 'scripts/sbom.ts', '--out', 'node_modules/.cache/pms/sbom.cdx.json') },
  { name: 'drift', what: 'migrations and schema.prisma agree', run: drift },
];

const { positionals } = parseArgs({ allowPositionals: true });
const unknown = positionals.filter((wanted) => checks.every(({ name }) => name !== wanted));
if (unknown.length > 0) throw new Error(`there is no check ${unknown.join(', ')}; there are ${checks.map(({ name }) => name).join(', ')}`);

const failed: string[] = [];
for (const check of checks.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  const start = performance.now();
  const { passed, output } = await check.run();
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${check.name.padEnd(12)} ${((performance.now() - start) / 1000).toFixed(1).padStart(5)} s  ${check.what}`);
  if (passed && check.tells === true) console.log(`       ${output.trimEnd().split('\n').at(-1) ?? ''}`);
  if (passed) continue;
  failed.push(check.name);
  console.log(output.trimEnd().replaceAll(/^/gm, '       '));
}
console.log(failed.length === 0 ? '\nall checks passed' : `\n${failed.length} failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
