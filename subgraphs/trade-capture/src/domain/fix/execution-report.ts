/** ExecutionReport (8) of a drop copy: trades, their cancellations and corrections. What tells of orders alone is passed over. */
import { first, type FixField } from './fields.ts';
import { type Reading, reportedIn } from './reported.ts';

const TRADE = 'F';
const CANCEL = 'H';
const CORRECT = 'G';

export function executionReport(fields: readonly FixField[]): Reading {
  const execId = first(fields, 17);
  const type = first(fields, 150);
  if (type !== TRADE && type !== CANCEL && type !== CORRECT) return { execId, ignored: `ExecType (150) ${JSON.stringify(type)} reports no trade` };
  if (execId === null) return { execId, problem: 'ExecID (17) is missing' };
  const refId = first(fields, 19);
  if (type !== TRADE && refId === null) return { execId, problem: 'ExecRefID (19) is missing' };
  if (type === CANCEL) return { execId, instructions: [{ kind: 'CANCEL', execId, refId: refId ?? '' }] };
  const trade = reportedIn(fields, fields);
  if ('problem' in trade) return { execId, problem: trade.problem };
  return { execId, instructions: [type === TRADE ? { kind: 'CAPTURE', execId, trade } : { kind: 'CORRECT', execId, refId: refId ?? '', trade }] };
}
