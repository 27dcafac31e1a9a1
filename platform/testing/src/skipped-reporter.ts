/** Prints what a run left out and why: `context.skip(reason)` gives the reason. */
import type { Reporter, TestCase, TestModule } from 'vitest/node';

const placeOf = (test: TestCase): string => `${test.module.relativeModuleId} › ${test.fullName}`;

export function skippedReporter(): Reporter {
  return {
    onTestRunEnd(modules: readonly TestModule[]) {
      const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')]);
      if (skipped.length === 0) return;
      const lines = skipped.map((test) => {
        const result = test.result();
        return `  ${placeOf(test)}\n    ${(result.state === 'skipped' ? result.note : undefined) ?? 'no reason given'}`;
      });
      process.stdout.write(`\nLeft out:\n${lines.join('\n')}\n`);
    },
  };
}
