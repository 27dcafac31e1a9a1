/**
 * TradeCaptureReport (AE): one side a trade of ours. Where both sides are reported, those are ours whose account is mapped; where none is, the first
 * says what is missing. Its name is TradeReportID, or ExecID where it has one.
 */
import { entries, first, type FixField } from './fields.ts';
import { type Instruction, type Reading, reportedIn } from './reported.ts';

/** TradeReportTransType (487). */
const TRANSACTIONS: Readonly<Record<string, Instruction['kind']>> = { 0: 'CAPTURE', 1: 'CANCEL', 2: 'CORRECT' };

export function tradeCaptureReport(fields: readonly FixField[], isOurs: (account: string | null) => boolean): Reading {
  const execId = first(fields, 571) ?? first(fields, 17);
  const kind = TRANSACTIONS[first(fields, 487) ?? '0'];
  const refId = first(fields, 572) ?? first(fields, 19);
  if (execId === null) return { execId, problem: 'TradeReportID (571) is missing' };
  if (kind === undefined) return { execId, ignored: `TradeReportTransType (487) ${JSON.stringify(first(fields, 487))} reports no trade` };
  if (kind !== 'CAPTURE' && refId === null) return { execId, problem: 'TradeReportRefID (572) is missing' };
  if (kind === 'CANCEL') return { execId, instructions: [{ kind, execId, refId: refId ?? '' }] };
  const sides = entries(fields, 552, 54);
  if (sides.length === 0) return { execId, problem: 'the report has no side (552)' };
  const ours = sides.filter((side) => isOurs(first(side, 1)));
  return instructionsOf(ours.length > 0 ? ours : sides.slice(0, 1), { fields, kind, execId, refId });
}

interface Report {
  readonly fields: readonly FixField[];
  readonly kind: 'CAPTURE' | 'CORRECT';
  readonly execId: string;
  readonly refId: string | null;
}

function instructionsOf(sides: readonly (readonly FixField[])[], { fields, kind, execId, refId }: Report): Reading {
  const instructions: Instruction[] = [];
  if (kind === 'CORRECT' && sides.length > 1) return { execId, problem: 'a correction of two sides of ours cannot be told apart' };
  for (const [at, side] of sides.entries()) {
    const trade = reportedIn(side, fields);
    if ('problem' in trade) return { execId, problem: trade.problem };
    const name = at === 0 ? execId : `${execId}/${at + 1}`;
    instructions.push(kind === 'CAPTURE' ? { kind, execId: name, trade } : { kind, execId: name, refId: refId ?? '', trade });
  }
  return { execId, instructions };
}
