/**
 * Exports over HTTP: `GET /exports/<data set>.csv` or `.json`, with an access token, streamed. What fails before the first page is answered as an error; what
 * fails later breaks the connection off, so that half of a file never looks like the whole.
 */
import { Readable } from 'node:stream';
import { badInput, DomainError, errorCodes, forbidden, unauthenticated } from '@pms/errors';
import { platformPolicies } from '@pms/identity/policies';
import type { Authenticate } from '@pms/identity/tokens';
import type { Logger } from '@pms/telemetry/logger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Dataset, exportFormats, type ExportFilter, type ExportFormat, noFilter, written } from './exports.ts';
import { isDay, isInstant } from './scalars.ts';

export interface ExportRoutes {
  readonly datasets: readonly Dataset[];
  readonly authenticate: Authenticate;
  readonly logger: Logger;
}

/** At once, of one process: each holds a page in memory and asks the database for the next one. */
const EXPORTS_MAX = 8;
/** A reader that takes nothing for so long is gone. */
const STALLED_MS = 60_000;
const TYPES: Readonly<Record<ExportFormat, string>> = { csv: 'text/csv; charset=utf-8; header=present', json: 'application/json; charset=utf-8' };

export function exportRoutes(app: FastifyInstance, { datasets, authenticate, logger }: ExportRoutes): void {
  let running = 0;
  for (const dataset of datasets)
    for (const format of exportFormats)
      app.get(`/exports/${dataset.name}.${format}`, async (request, reply) => {
        try {
          if (running >= EXPORTS_MAX) throw new DomainError('RATE_LIMITED', `${EXPORTS_MAX} exports are running: try again in a moment`, { retryAfterMs: 5_000 });
          return await answer(request, reply, { dataset, format, authenticate, begun: () => { running += 1; }, ended: () => { running -= 1; } });
        } catch (error) {
          return refuse(reply, error, logger);
        }
      });
}

interface Exporting {
  readonly dataset: Dataset;
  readonly format: ExportFormat;
  readonly authenticate: Authenticate;
  begun(): void;
  ended(): void;
}

async function answer(request: FastifyRequest, reply: FastifyReply, { dataset, format, authenticate, begun, ended }: Exporting): Promise<FastifyReply> {
  const principal = await authenticate(request.headers.authorization);
  if (principal === null) throw unauthenticated('sign in first: the request carries no access token');
  if (principal.issuer !== undefined) throw unauthenticated('the token is of an issuer that is not trusted here');
  if (!principal.scopes.has(dataset.scope)) throw forbidden(`this needs the scope ${dataset.scope}`);
  if (!platformPolicies.firm(principal)) throw forbidden('a data set is of the whole organisation, and not for investors');
  const query = { organizationId: principal.organizationId, ...filterOf(dataset, request.query as Readonly<Record<string, unknown>>) };
  const chunks = written(dataset, query, format);
  const first = await chunks.next();
  const body = Readable.from(rest(first, chunks), { objectMode: false, highWaterMark: 1 });
  begun();
  body.once('close', ended);
  reply.raw.setTimeout(STALLED_MS, () => reply.raw.destroy());
  return reply.header('content-type', TYPES[format]).header('content-disposition', `attachment; filename="${dataset.name}.${format}"`)
    .header('cache-control', 'no-store').send(body);
}

async function* rest(first: IteratorResult<string, void>, chunks: AsyncGenerator<string>): AsyncGenerator<string> {
  if (first.done !== true) yield first.value;
  yield* chunks;
}

const CHECKS: Readonly<Record<keyof ExportFilter, (text: string) => boolean>> = {
  portfolioId: () => true, instrumentId: () => true, from: isDay, to: isDay, asOf: isDay, knownAt: isInstant,
};

/** Throws BAD_USER_INPUT for what the data set does not know, and for what is no day or no instant. */
export function filterOf({ name, takes }: Dataset, given: Readonly<Record<string, unknown>>): ExportFilter {
  const filter: Record<string, string | null> = { ...noFilter };
  for (const [key, value] of Object.entries(given)) {
    const known = takes.find((each) => each === key);
    if (known === undefined) throw badInput(`${name} cannot be asked for by ${key}; it knows ${takes.join(', ')}`);
    if (typeof value !== 'string' || !CHECKS[known](value)) throw badInput(`${key} is a day such as "2026-11-20", an instant such as "2026-11-20T14:30:00Z", or an id`);
    filter[known] = value;
  }
  return filter as unknown as ExportFilter;
}

function refuse(reply: FastifyReply, error: unknown, logger: Logger): FastifyReply {
  if (!(error instanceof DomainError)) {
    logger.error({ err: error }, 'an export failed');
    return reply.status(500).send({ errors: [{ message: 'something went wrong on our side', extensions: { code: 'INTERNAL' } }] });
  }
  if (error.code === 'RATE_LIMITED') reply.header('retry-after', '5');
  if (error.code === 'UNAUTHENTICATED') reply.header('www-authenticate', 'Bearer');
  return reply.status(errorCodes[error.code].status).send({ errors: [{ message: error.message, extensions: error.extensions }] });
}
