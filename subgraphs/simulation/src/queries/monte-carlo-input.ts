/** What a simulation of a portfolio starts from: today's values, and how their prices moved on the days that all of them have. */
import { DomainError, invalid } from '@pms/errors';
import { sum } from '@pms/money';
import { checkMonteCarlo, HISTORY_STEPS_MIN, type MonteCarloInput } from '../domain/monte-carlo.ts';
import type { ModelName } from '../store/simulation-row.ts';
import type { CloseRow, PortfolioRow, SimulationStore } from '../store/simulation-store.ts';

const HISTORY_DAYS = 1_000;
const BLOCK_DAYS = 10;

export interface Asked {
  readonly model: ModelName;
  readonly horizonDays: number;
  readonly paths: number;
  readonly seed: number;
}

/** Refused INVALID: numbers out of bounds, too little common history, amounts of a currency without a rate. */
export async function monteCarloInput(store: SimulationStore, portfolio: PortfolioRow, asked: Asked): Promise<{ readonly input: MonteCarloInput; readonly simulated: boolean }> {
  const [positions, cash] = await Promise.all([store.positions(portfolio.id), store.cash(portfolio.id)]);
  const foreign = [...positions, ...cash].find(({ currency }) => currency !== portfolio.baseCurrency);
  if (foreign !== undefined) throw invalid(`there is no rate from ${foreign.currency} to ${portfolio.baseCurrency}`, 'portfolioId');
  const closes = await Promise.all(positions.map(({ instrumentId }) => store.lastCloses(instrumentId, HISTORY_DAYS + 1)));
  const history = movesTogether(closes);
  if (positions.length > 0 && (history[0]?.length ?? 0) < HISTORY_STEPS_MIN)
    throw invalid(`the instruments have ${history[0]?.length ?? 0} days of prices in common, and at least ${HISTORY_STEPS_MIN} are needed`, 'portfolioId');
  const input: MonteCarloInput = {
    values: positions.map(({ quantity }, index) => +quantity * +(closes[index]?.at(-1)?.close ?? 0)),
    cash: sum(cash.map(({ amount }) => amount)).toNumber(), history,
    model: asked.model === 'BLOCK_BOOTSTRAP' ? { kind: 'BLOCK_BOOTSTRAP', blockSteps: BLOCK_DAYS } : { kind: 'GEOMETRIC_BROWNIAN' },
    steps: asked.horizonDays, paths: asked.paths, seed: asked.seed,
  };
  refuseUnusable(input);
  return { input, simulated: closes.some((of) => of.some(({ simulated }) => simulated)) };
}

function refuseUnusable(input: MonteCarloInput): void {
  try {
    checkMonteCarlo(input);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'BAD_USER_INPUT') throw invalid(error.message);
    throw error;
  }
}

/** Returns of each instrument, day by day, on the days for which all have one. */
function movesTogether(closes: readonly (readonly CloseRow[])[]): number[][] {
  const moves = closes.map((of) => new Map(of.slice(1).map(({ day, close }, index) => [day, +close / +(of[index]?.close ?? close) - 1])));
  const days = [...(moves[0]?.keys() ?? [])].filter((day) => moves.every((of) => of.has(day)));
  return moves.map((of) => days.map((day) => of.get(day) ?? 0));
}
