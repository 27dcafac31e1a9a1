/** How the router tells the audit domain of accesses: by a call within one process, by HTTP with a secret of the platform's own processes between several. */
import type { AuditSubgraph } from '@pms/audit';
import type { Subgraph } from '@pms/subgraph/subgraph';
import type { Logger } from '@pms/telemetry/logger';
import { type AccessRecorder, accessRecorder } from './accesses.ts';
import type { Environment } from './environment.ts';
import { secretsOf } from './secrets.ts';

const SECRET = 'audit-intake';
const TIMEOUT_MS = 10_000;

const isAudit = (subgraph: Subgraph): subgraph is AuditSubgraph => subgraph.name === 'audit';

/** Null where the audit domain is not in this process. */
export function inProcessAccesses(subgraphs: readonly Subgraph[], logger: Logger): AccessRecorder | null {
  const audit = subgraphs.find(isAudit);
  return audit === undefined ? null : accessRecorder({ logger, send: (accesses) => audit.recordAccesses(accesses) });
}

/** Null where no audit domain is known, and where production was given no secret for it: refused accesses are then in the logs alone. */
export async function accessesOverHttp(environment: Environment, logger: Logger): Promise<AccessRecorder | null> {
  const address = environment.subgraphUrls.get('audit');
  if (address === undefined) return null;
  if (environment.production && !environment.secrets.has(SECRET)) {
    logger.warn('PMS_SECRET_AUDIT_INTAKE is not set: refused accesses and clients of mutations are not in the audit trail');
    return null;
  }
  const secret = await secretsOf(environment)(SECRET);
  const url = new URL('/internal/accesses', address);
  return accessRecorder({
    logger,
    async send(accesses) {
      const answer = await fetch(url, {
        method: 'POST', headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }, body: JSON.stringify(accesses), signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!answer.ok) throw new Error(`the audit domain answered ${String(answer.status)}`);
    },
  });
}
