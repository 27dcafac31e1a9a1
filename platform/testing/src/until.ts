/** Waits for what has to come about by itself: a condition, never a time. */

const TURNS_MAX = 1_000;
const TURN_MS = 10;

/** Resolves when the condition holds; fails after a bounded number of turns. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    if (await condition()) return;
    await new Promise((resolve) => void setTimeout(resolve, TURN_MS));
  }
  throw new Error('it did not come about');
}
