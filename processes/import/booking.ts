/**
 * Books what was checked, in the order that books want: cash that comes in, then trades, then cash that goes out, which must have settled. Every
 * step may be repeated: an import that was interrupted goes on where it stopped when the same command is given again.
 */
import type { PmsClient } from '@pms/client';
import {
  BookCashItemDocument, DepositCashDocument, ImportTradesDocument, SettleDueDocument, StoppedTradesDocument, TradeChecksDocument, UndecidedTradesDocument, WithdrawCashDocument,
} from '@pms/client/generated';
import { decimal, text } from '@pms/money';
import type { ImportRow, RowProblem } from '@pms/trade-capture/layouts';
import { cashItemOf, refusedRow, type UserError } from './cash-items.ts';
import { patient, until } from './connection.ts';
import type { CheckedRow } from './checked-row.ts';
import { chunksOf, type FilePlan, inputOf } from './plan.ts';

export interface Booked {
  readonly trades: number;
  readonly cashRows: number;
  /** What the books or the rules refused after all. */
  readonly problems: readonly RowProblem[];
}

const DECIDED_MAX_MS = 1_800_000;
const SETTLE_CALLS_MAX = 10_000;

const isIn = ({ kind, amount }: ImportRow): boolean => kind === 'DEPOSIT' || kind === 'DIVIDEND' || (kind === 'INTEREST' && !decimal(amount ?? '0').isNegative());

export async function booked(client: PmsClient, { target, rows }: FilePlan, reason: string, say: (line: string) => void): Promise<Booked> {
  const fresh = rows.filter(({ outcome }) => outcome !== 'DUPLICATE');
  const cash = fresh.filter(({ outcome }) => outcome === 'CASH');
  const trades = fresh.flatMap(({ row, outcome }) => (outcome === 'BOOK' ? [row] : []));
  const inflows = cash.filter(({ row }) => isIn(row));
  const about = { client, portfolioId: target.id, reason, say };
  const problems = await moved(about, inflows);
  const captured = problems.length > 0 ? 0 : await tradesCaptured(about, trades, problems);
  if (captured > 0) await decided(about, trades, problems);
  const outflows = cash.filter(({ row }) => !isIn(row));
  if (outflows.length > 0 && problems.length === 0) {
    if (captured > 0) await settled(about);
    problems.push(...await moved(about, outflows));
  }
  return { trades: captured, cashRows: cash.length, problems };
}

interface About {
  readonly client: PmsClient;
  readonly portfolioId: string;
  readonly reason: string;
  readonly say: (line: string) => void;
}

/** One after another: their order is theirs, and a portfolio's cash moves one at a time. Stops at the first that is refused. */
async function moved(about: About, rows: readonly CheckedRow[]): Promise<RowProblem[]> {
  for (const checked of rows) {
    const [refusal] = await moveOne(about, checked);
    if (refusal !== undefined) return [refusedRow(checked.row, refusal)];
  }
  if (rows.length > 0) about.say(`booked ${String(rows.length)} ${rows.length === 1 ? 'row' : 'rows'} of cash`);
  return [];
}

async function moveOne({ client, portfolioId, reason }: About, checked: CheckedRow): Promise<readonly UserError[]> {
  const { row: { kind, amount, currency, date, externalId, note } } = checked;
  const input = { portfolioId, amount: { amount: text(decimal(amount ?? '0').abs()), currency }, effectiveDate: date, idempotencyKey: externalId, reason: note ?? reason };
  if (kind === 'DEPOSIT') return (await patient(() => client.mutate(DepositCashDocument, { input }))).depositCash.userErrors;
  if (kind === 'WITHDRAWAL') return (await patient(() => client.mutate(WithdrawCashDocument, { input }))).withdrawCash.userErrors;
  return (await patient(() => client.mutate(BookCashItemDocument, { input: cashItemOf({ portfolioId, reason }, checked) }))).bookCashItem.userErrors;
}

async function tradesCaptured({ client, portfolioId, reason, say }: About, trades: readonly ImportRow[], problems: RowProblem[]): Promise<number> {
  let captured = 0;
  for (const chunk of chunksOf(trades)) {
    const input = { portfolioId, rows: chunk.map(inputOf), reason, cashRows: 'REFUSE' as const, dryRun: false, partial: false };
    const { importTrades } = await patient(() => client.mutate(ImportTradesDocument, { input }));
    captured += importTrades.captured ?? 0;
    problems.push(...importTrades.problems);
    if (importTrades.captured === null) problems.push(...importTrades.userErrors.map(({ message }) => ({ row: chunk[0]?.row ?? 0, column: 'file', reason: message })));
    if (problems.length > 0) return captured;
    if (trades.length > chunk.length) say(`captured ${String(captured)} of ${String(trades.length)} trades`);
  }
  return captured;
}

/** Waits until the rules have decided and the books have booked. */
async function decided({ client, portfolioId, say }: About, trades: readonly ImportRow[], problems: RowProblem[]): Promise<void> {
  const done = await until(async () => {
    const { portfolio } = await patient(() => client.query(UndecidedTradesDocument, { portfolioId }));
    return (portfolio?.trades.edges.length ?? 0) === 0;
  }, DECIDED_MAX_MS);
  if (!done) say('some trades are captured and not booked yet');
  const rows = new Map(trades.map((row) => [row.externalId, row]));
  for (let after: string | null = null; ;) {
    const { portfolio } = await patient(() => client.query(StoppedTradesDocument, { portfolioId, after }));
    for (const { node: { externalId, id, status } } of portfolio?.trades.edges ?? []) {
      const row = rows.get(externalId ?? '');
      if (row !== undefined) problems.push({ row: row.row, column: 'trade', reason: status === 'REJECTED' ? `rejected: ${await whyRejected(client, id)} (trade ${id})` : `it waits for approval (trade ${id})` });
    }
    if (portfolio?.trades.pageInfo.hasNextPage !== true) return;
    after = portfolio.trades.pageInfo.endCursor ?? null;
  }
}

/** For people: whoever may not read checks is told where they are. */
async function whyRejected(client: PmsClient, id: string): Promise<string> {
  try {
    const { trade } = await client.query(TradeChecksDocument, { id });
    const failed = (trade?.checks ?? []).filter(({ outcome }) => outcome === 'FAILED').map(({ message }) => message);
    return failed.length > 0 ? failed.join('; ') : trade?.decision?.comment ?? 'its checks say why';
  } catch {
    return 'its checks say why';
  }
}

/** Trades of the past are due at once; proceeds can leave when they have settled. */
async function settled({ client, portfolioId, say }: About): Promise<void> {
  const asOf = new Date().toISOString().slice(0, 10);
  let count = 0;
  for (let calls = 0; calls < SETTLE_CALLS_MAX; calls += 1) {
    const { settleDue } = await patient(() => client.mutate(SettleDueDocument, { input: { asOf, portfolioId } }));
    count += settleDue.settled ?? 0;
    if (settleDue.more !== true) break;
  }
  if (count > 0) say(`settled ${String(count)} trades that were due`);
}
