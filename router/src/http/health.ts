/** What the surroundings ask: does it live, may it be sent requests, how is it doing. */
import type { FastifyInstance } from 'fastify';

export interface Readiness {
  /** False from the moment that it drains, and while something it needs is not there. */
  ready(): boolean | Promise<boolean>;
}

export interface MetricsPage {
  readonly type: string;
  readonly text: () => Promise<string>;
}

export function healthRoutes(app: FastifyInstance, readiness: Readiness): void {
  app.get('/health/live', (_, reply) => reply.send({ status: 'live' }));
  app.get('/health/ready', async (_, reply) => {
    const ready = await readiness.ready();
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' });
  });
}

export function metricsRoute(app: FastifyInstance, { type, text }: MetricsPage): void {
  app.get('/metrics', async (_, reply) => reply.type(type).send(await text()));
}
