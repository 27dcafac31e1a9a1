/**
 * TradeCaptureReport (AE): one side a trade of ours. Where both sides are reported, those are ours whose account is mapped; where none is, the first
 * says what is missing. Its name is TradeReportID, or ExecID where it has one.
 */
import { entries, first, type FixField } from './fields.ts';
import { type Instruction, type Reading, reportedIn } from './reported.ts';

/** TradeReportTransType (487). */
const TRANSACTIONS: ReadonlyMap<string, Instruction['kind']> = new Map([['0', 'CAPTURE'], ['1', 'CANCEL'], ['2', 'CORRECT']]);
/** NoSides (552) is 1 or 2: who bought, and who sold. */
const SIDES_MAX = 2;

export function tradeCaptureReport(fields: readonly FixField[], isOurs: (account: string | null) => boolean): Reading {
  const execId = first(fields, 571) ?? first(fields, 17);
  const kind = TRANSACTIONS.get(first(fields, 487) ?? '0');
  const refId = first(fields, 572) ?? first(fields, 19);
  if (execId === null) return { execId, problem: 'TradeReportID (571) is missing' };
  if (kind === undefined) return { execId, ignored: `TradeReportTransType (487) ${JSON.stringify(first(fields, 487))} reports no trade` };
  if (kind !== 'CAPTURE' && refId === null) return { execId, problem: 'TradeReportRefID (572) is missing' };
  if (kind === 'CANCEL') return { execId, instructions: [{ kind, execId, refId: refId ?? '' }] };
  const sides = entries(fields, 552, 54);
  const problem = wrongSides(sides.length);
  if (problem !== null) return { execId, problem };
  const ours = sides.filter((side) => isOurs(first(side, 1)));
  return instructionsOf(ours.length > 0 ? ours : sides.slice(0, 1), { fields, kind, execId, refId });
}

function wrongSides(count: number): string | null {
  if (count === 0) return 'the report has no side (552)';
  return count > SIDES_MAX ? `the report has ${count} sides (552); a trade has ${SIDES_MAX}` : null;
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
