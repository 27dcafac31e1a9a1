/** The order of test files: what takes longest begins first, so that no long file is left alone at the end of a run. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** By path, longest first; within one of them, and of everything else, the larger file first. */
const LONG = [/^tests\/failures\/kill/, /^tests\/journeys\/(process-each|one-process)/, /^tests\/journeys\//, /\.kafka\.test\.ts$/, /^router\/test\/worlds/, /property\.test\.ts$/, /^tests\//, /^router\/test\//];

export const rankOf = (path: string): number => {
  const found = LONG.findIndex((pattern) => pattern.test(path));
  return found < 0 ? LONG.length : found;
};

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const bySize = await super.sort(files); // oxlint-disable-line unicorn/no-array-sort -- of the runner, not of an array
    const { root } = this.ctx.config;
    const ranked = bySize.map((file, at) => ({ file, at, rank: rankOf(file.moduleId.slice(root.length + 1)) }));
    return ranked.toSorted((a, b) => a.rank - b.rank || a.at - b.at).map(({ file }) => file);
  }
}
