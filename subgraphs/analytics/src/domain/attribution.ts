/**
 * Why a portfolio did better or worse than its benchmark, segment by segment (Brinson, Hood and Beebower 1986; Brinson and
 * Fachler 1985; Cariño 1999 for several periods). Floats: weights add up to 1, returns and effects are fractions.
 */
export interface Segment {
  readonly name: string;
  readonly portfolioWeight: number;
  readonly benchmarkWeight: number;
  readonly portfolioReturn: number;
  readonly benchmarkReturn: number;
}

export interface Effect {
  readonly name: string;
  readonly allocation: number;
  readonly selection: number;
  readonly interaction: number;
}

export interface Attribution {
  readonly portfolioReturn: number;
  readonly benchmarkReturn: number;
  /** Arithmetic: portfolio less benchmark. The effects add up to it. */
  readonly excess: number;
  readonly effects: readonly Effect[];
}

/**
 * FACHLER allocates against the benchmark's total return, BHB against zero; both choose within a segment at the benchmark's
 * weight, and leave what comes of both to interaction (selection with interaction is portfolioWeight × difference).
 */
export function brinson(segments: readonly Segment[], model: 'FACHLER' | 'BHB' = 'FACHLER'): Attribution {
  const portfolioReturn = segments.reduce((sum, each) => sum + each.portfolioWeight * each.portfolioReturn, 0);
  const benchmarkReturn = segments.reduce((sum, each) => sum + each.benchmarkWeight * each.benchmarkReturn, 0);
  const hurdle = model === 'FACHLER' ? benchmarkReturn : 0;
  const effects = segments.map(({ name, portfolioWeight, benchmarkWeight, portfolioReturn: own, benchmarkReturn: market }) => ({
    name,
    allocation: (portfolioWeight - benchmarkWeight) * (market - hurdle),
    selection: benchmarkWeight * (own - market),
    interaction: (portfolioWeight - benchmarkWeight) * (own - market),
  }));
  return { portfolioReturn, benchmarkReturn, excess: portfolioReturn - benchmarkReturn, effects };
}

/** (ln(1 + p) − ln(1 + b)) / (p − b), and its limit where both are equal. */
const carino = (portfolio: number, benchmark: number): number =>
  portfolio === benchmark ? 1 / (1 + portfolio) : (Math.log1p(portfolio) - Math.log1p(benchmark)) / (portfolio - benchmark);

/** Links the effects of consecutive periods so that they add up to the excess of the compounded returns. */
export function linkAttributions(periods: readonly Attribution[]): Attribution {
  const compound = (rate: (each: Attribution) => number): number => periods.reduce((growth, each) => growth * (1 + rate(each)), 1) - 1;
  const portfolioReturn = compound((each) => each.portfolioReturn);
  const benchmarkReturn = compound((each) => each.benchmarkReturn);
  const whole = carino(portfolioReturn, benchmarkReturn);
  const linked = new Map<string, Effect>();
  for (const period of periods) {
    const scale = carino(period.portfolioReturn, period.benchmarkReturn) / whole;
    for (const { name, allocation, selection, interaction } of period.effects) {
      const before = linked.get(name) ?? { name, allocation: 0, selection: 0, interaction: 0 };
      linked.set(name, {
        name, allocation: before.allocation + scale * allocation,
        selection: before.selection + scale * selection, interaction: before.interaction + scale * interaction,
      });
    }
  }
  return { portfolioReturn, benchmarkReturn, excess: portfolioReturn - benchmarkReturn, effects: [...linked.values()] };
}
