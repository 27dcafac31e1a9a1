/** Metrics and health at an address of their own, which only the surroundings can reach. Plain HTTP; stays open until everything else has closed. */
import Fastify from 'fastify';
import type { AddressInfo } from 'node:net';
import { healthRoutes, type MetricsPage, metricsRoute, type Readiness } from './health.ts';

export interface Admin {
  readonly port: number;
  close(): Promise<void>;
}

export async function openAdmin(host: string, port: number, readiness: Readiness, metrics: MetricsPage): Promise<Admin> {
  const app = Fastify({ forceCloseConnections: true });
  healthRoutes(app, readiness);
  metricsRoute(app, metrics);
  await app.listen({ host, port });
  return { port: (app.server.address() as AddressInfo).port, close: () => app.close() };
}
