/**
 * Turns what a FIX session received into trades, in the order of receiving. Each message may be handled twice, after a process died in between, and has
 * its effect once: captures have their execution's name, amendments and cancellations its key. What cannot be handled is parked with the reason.
 */
import { Refusal } from '@pms/errors';
import { counter } from '@pms/telemetry/metrics';
import type { TradeCaptureContext } from '../../context.ts';
import { externalIdOf, type FixMapping, type FixOutcome, instrumentOf, portfolioOf, readingOf, termsOfReport } from '../../domain/fix/drop-copy.ts';
import type { Instruction, Reading, Reported } from '../../domain/fix/reported.ts';
import type { FixMessage, FixSessionKey, Handled } from '../../store/fix-store.ts';
import { amendTrade } from '../amend-trade.ts';
import { cancelTrade } from '../cancel-trade.ts';
import { capture, type CaptureInput } from '../capture.ts';

export interface FixWork {
  readonly session: FixSessionKey;
  readonly mapping: FixMapping;
  /** Made anew for each run of messages: what was loaded before may have changed. */
  contextFor(): TradeCaptureContext;
}

const MESSAGES_AT_ONCE_MAX = 200;
const executions = counter('pms_fix_executions_total', 'Messages of FIX sessions that were handled, by what became of them', ['session', 'outcome']);

/** How many were handled; fewer than waited only at the bound of one call. */
export async function handleMessages(work: FixWork): Promise<number> {
  const { store, now } = work.contextFor();
  const waiting = await store.fixWaiting(work.session, MESSAGES_AT_ONCE_MAX);
  const read = waiting.map((message) => ({ message, reading: readingOf(message.type, message.raw, work.mapping) }));
  for (let at = 0; at < read.length;) {
    const run = onlyCaptures(read.slice(at));
    const handled = run.length > 1 ? await captureRun(work, run) : await handleOne(work, read[at] as Read);
    await store.fixHandled(work.session, handled, now());
    for (const { outcome } of handled) executions.inc({ session: work.session.name, outcome });
    at += handled.length;
  }
  return read.length;
}

interface Read {
  readonly message: FixMessage;
  readonly reading: Reading;
}

/** Those at the beginning that ask for one capture each: they are captured together. */
function onlyCaptures(read: readonly Read[]): readonly Read[] {
  const other = read.findIndex(({ reading }) => captureIn(reading) === null);
  return other < 0 ? read : read.slice(0, other);
}

function captureIn(reading: Reading): Extract<Instruction, { kind: 'CAPTURE' }> | null {
  const [only, another] = 'instructions' in reading ? reading.instructions : [];
  return only?.kind === 'CAPTURE' && another === undefined ? only : null;
}

const handledAs = ({ message, reading }: Read, outcome: FixOutcome, over: { readonly problem?: string; readonly tradeIds?: readonly string[] } = {}): Handled =>
  ({ id: message.id, outcome, execId: reading.execId, problem: over.problem ?? null, tradeIds: over.tradeIds ?? [] });

async function captureRun(work: FixWork, run: readonly Read[]): Promise<Handled[]> {
  const ctx = work.contextFor();
  const handled = new Map<string, Handled>();
  const good: { readonly of: Read; readonly input: CaptureInput }[] = [];
  for (const of of run) {
    const asked = captureIn(of.reading);
    await refusable(of, handled, async () => {
      if (asked !== null) good.push({ of, input: await inputOf(ctx, work, asked) });
    });
  }
  const { results } = good.length === 0 ? { results: [] } : await capture(ctx, good.map(({ input }) => input));
  for (const [at, result] of results.entries()) {
    const of = good[at]?.of;
    if (of === undefined) continue;
    handled.set(of.message.id, result.outcome === 'REFUSED' ? handledAs(of, 'PARKED', { problem: result.refusal.message }) : handledAs(of, result.outcome, { tradeIds: [result.tradeId] }));
  }
  return run.flatMap(({ message }) => handled.get(message.id) ?? []);
}

async function refusable(of: Read, handled: Map<string, Handled>, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    handled.set(of.message.id, handledAs(of, 'PARKED', { problem: error.message }));
  }
}

async function handleOne(work: FixWork, of: Read): Promise<Handled[]> {
  const { reading, message } = of;
  if ('ignored' in reading) return [handledAs(of, 'IGNORED', { problem: reading.ignored })];
  if ('problem' in reading) return [handledAs(of, 'PARKED', { problem: reading.problem })];
  const handled = new Map<string, Handled>();
  await refusable(of, handled, async () => {
    const done: { readonly outcome: FixOutcome; readonly tradeIds: readonly string[] }[] = [];
    for (const instruction of reading.instructions) done.push(await carriedOut(work, instruction));
    const tradeIds = done.flatMap((one) => one.tradeIds);
    handled.set(message.id, handledAs(of, done.find(({ outcome }) => outcome !== 'DUPLICATE')?.outcome ?? 'DUPLICATE', { tradeIds }));
  });
  return [...handled.values()];
}

async function carriedOut(work: FixWork, instruction: Instruction): Promise<{ readonly outcome: FixOutcome; readonly tradeIds: readonly string[] }> {
  const ctx = work.contextFor();
  const idempotencyKey = externalIdOf(work.session.name, instruction.execId);
  if (instruction.kind === 'CAPTURE') {
    const { results: [result] } = await capture(ctx, [await inputOf(ctx, work, instruction)]);
    if (result === undefined || result.outcome === 'REFUSED') throw result?.refusal ?? new Error('one row came to no result');
    return { outcome: result.outcome, tradeIds: [result.tradeId] };
  }
  const tradeIds = await ctx.store.fixTradesOf(work.session, instruction.refId);
  const [tradeId, another] = tradeIds;
  if (tradeId === undefined) throw new Refusal('NOT_FOUND', `the execution ${instruction.refId} has led to no trade`, ['refId']);
  if (instruction.kind === 'CANCEL') {
    for (const [at, id] of tradeIds.entries()) await cancelTrade(ctx, { tradeId: id, reason: `cancelled by execution ${instruction.execId}`, idempotencyKey: `${idempotencyKey}${at === 0 ? '' : `/${at + 1}`}` });
    return { outcome: 'CANCELLED', tradeIds };
  }
  if (another !== undefined) throw new Refusal('CONFLICT', `the execution ${instruction.refId} has led to several trades`, ['refId']);
  const terms = await termsFor(ctx, work, instruction.trade);
  await amendTrade(ctx, { ...terms, tradeId, reason: `corrected by execution ${instruction.execId}`, idempotencyKey });
  return { outcome: 'AMENDED', tradeIds };
}

async function inputOf(ctx: TradeCaptureContext, work: FixWork, { execId, trade }: Extract<Instruction, { kind: 'CAPTURE' }>): Promise<CaptureInput> {
  return { ...await termsFor(ctx, work, trade), portfolioId: portfolioOf(trade, work.mapping), externalId: externalIdOf(work.session.name, execId), reason: `execution ${execId}` };
}

async function termsFor({ store }: TradeCaptureContext, { session, mapping }: FixWork, trade: Reported): Promise<ReturnType<typeof termsOfReport>> {
  const { isin, symbol, identifier } = trade.instrument;
  const names = [identifier, isin, symbol].filter((name) => name !== null);
  const known = await store.instrumentsNamed(session.organizationId, {
    ids: names.flatMap((name) => mapping.instruments.get(name) ?? []), isins: isin === null ? [] : [isin], symbols: symbol === null ? [] : [symbol],
  });
  return termsOfReport(trade, instrumentOf(trade, mapping, known));
}
