/** `npm start`: everything in one process, from an empty folder or on what is there; says where it is and how to get in. */
import { untilBrokersAnswer } from '@pms/events/kafka/reaching';
import { logger } from '@pms/telemetry/logger';
import { openDatabase, startAnew } from './database.ts';
import { type Environment, shown } from './environment.ts';
import { generateStale } from './generate.ts';
import { type Lifetime, living } from './lifetime.ts';
import { migrateAll } from './migrate.ts';
import { availablePort, forgetRunning, noteRunning } from './port.ts';
import { whenThere } from './reaching.ts';
import { openTelemetry } from './telemetry.ts';
import { welcome } from './welcome.ts';

export async function start(wanted: Environment, { reset, seed }: { readonly reset: boolean; readonly seed: boolean }): Promise<void> {
  const log = logger({ level: wanted.logLevel, process: 'pms' });
  await living({ logger: log, say: console.log }, async (life) => {
    const environment = await withPort(wanted);
    for (const line of shown(environment)) console.log(line);
    await openTelemetry(life, environment, 'pms', log);
    if (reset) await step('reset', () => startAnew(environment));
    const [database] = await Promise.all([
      step('database', () => life.open(() => openDatabase(environment, detail), (opened) => opened.close())),
      step('generate', generateStale),
    ]);
    await step('migrate', async () => `${String(await whenThere(() => migrateAll(environment, database.url), { what: 'the database', logger: log, ended: life.ended }))} applied`);
    if (environment.kafka !== null) await step('topics', () => topics(environment, life, log));
    await step('platform', () => open(life, environment, database.url, log));
    if (environment.demo && seed) await step('demo world', () => seeded(environment, life.ended));
    console.log(welcome(environment));
  });
}

/** Loaded only now: the generated files that it imports may have been made a moment ago. */
async function open(life: Lifetime, environment: Environment, databaseUrl: string, log: ReturnType<typeof logger>): Promise<void> {
  const { openPlatform } = await import('./embedded.ts');
  await life.open(() => openPlatform({ environment, databaseUrl, logger: log }), (platform) => platform.close());
  noteRunning(environment.home, environment.port, environment.publicUrl);
  await life.open(() => Promise.resolve(), () => forgetRunning(environment.home));
}

async function topics(environment: Environment, { ended }: Lifetime, log: ReturnType<typeof logger>): Promise<string> {
  const { topicsApplied } = await import('./topics.ts');
  let made = 0;
  await untilBrokersAnswer(async () => void (made = (await topicsApplied(environment)).made.length), { logger: log, ended });
  return `${String(made)} made`;
}

async function seeded(environment: Environment, ended: AbortSignal): Promise<string> {
  const { seedDemo } = await import('./demo/seed.ts');
  return seedDemo({ url: environment.publicUrl, signal: ended, say: detail });
}

async function withPort(environment: Environment): Promise<Environment> {
  const port = await availablePort(environment);
  if (port === environment.port) return environment;
  return { ...environment, port, publicUrl: environment.publicUrl.replace(/:0$/, `:${String(port)}`) };
}

const detail = (line: string): void => console.log(`  ${line}`);

/** Long steps show that they go on; short ones take one line. A text that the step resolves to is printed with its time. */
async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await work();
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
  console.log(`${name.padEnd(16)}${seconds} s${typeof result === 'string' && result !== '' ? `, ${result}` : ''}`);
  return result;
}
