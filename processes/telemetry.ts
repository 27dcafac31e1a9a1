/** What a process tells of itself besides its log: metrics of the process, and spans where a collector is configured. First opened, last closed. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Logger } from '@pms/telemetry/logger';
import { describeProcess } from '@pms/telemetry/metrics';
import { startTracing } from '@pms/telemetry/tracing';
import { z } from 'zod';
import type { Environment } from './environment.ts';
import type { Lifetime } from './lifetime.ts';

const released = z.object({ version: z.string() });

const versionOf = (): string => released.parse(JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../package.json'), 'utf8'))).version;

/** `service` is `pms-router`, `pms-portfolio`, or `pms` where everything is in one process. */
export async function openTelemetry(life: Lifetime, environment: Environment, service: string, logger: Logger): Promise<void> {
  const version = versionOf();
  describeProcess({ service, version });
  const { tracing } = environment;
  if (tracing === null) return;
  const attributes = { 'service.version': version, 'deployment.environment.name': environment.production ? 'production' : 'development' };
  await life.open(() => startTracing({ service, endpoint: tracing.endpoint, ratio: tracing.ratio, attributes, logger }), (opened) => opened.close());
}
