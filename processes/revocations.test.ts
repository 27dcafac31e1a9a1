/** The auth domain is asked for revocations: what its absence is told as. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '@pms/telemetry/logger';
import { until } from '@pms/testing/until';
import { expect, test } from 'vitest';
import { environment } from './environment.ts';
import { followRevocations } from './revocations.ts';

async function answering(port: number, asked: () => void): Promise<Server> {
  const server = createServer((_, response) => {
    asked();
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end('{"revocations":[]}');
  });
  await new Promise<void>((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  return server;
}

const closed = (server: Server): Promise<void> => new Promise((resolve) => { server.close(() => resolve()); });

test('an auth domain that is starting still is no fault; that one which has answered does not any more is told, once', async () => {
  const warnings: string[] = [];
  const logger = { info: () => undefined, error: () => undefined, warn: (_: unknown, message: string) => void warnings.push(message) } as unknown as Logger;
  const reserved = await answering(0, () => undefined);
  const { port } = reserved.address() as AddressInfo;
  await closed(reserved);
  let tried = 0;
  const followed = await followRevocations({
    address: () => { tried += 1; return `http://127.0.0.1:${port}`; }, environment: environment({ PMS_SECRET_AUTH_REVOCATIONS: 'r'.repeat(43) }), logger, redis: null,
  });
  await until(() => tried > 2);
  expect(warnings).toEqual([]);
  let asked = 0;
  const server = await answering(port, () => void (asked += 1));
  await until(() => asked > 0);
  await closed(server);
  const before = tried;
  await until(() => tried > before + 3);
  expect(warnings).toEqual(['revocations cannot be asked for; what is known stays revoked']);
  followed?.stop();
});
