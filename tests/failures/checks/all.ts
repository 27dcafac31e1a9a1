/** Everything that is judged after a run, in this order. */
import { acknowledgedOnce, balancesAddUp } from './acknowledged.ts';
import { auditedOnce, auditHolds, booksHold, journalBalances, numbersWithoutGaps, rebuiltTheSame, tradesArrived } from './books.ts';
import { eventsHandled, eventsOnTopics, nothingParked, poisonPutAside } from './events.ts';
import { takesNewWork } from './health.ts';
import { judgeHistory } from './history.ts';
import type { Check } from './subject.ts';

const historyHolds: Check = {
  name: 'no reading contradicts the history: no lost update, no phantom, no way back, own writes are read',
  find: ({ load }) => Promise.resolve([...load.violations, ...judgeHistory(load.history)]),
};

/** A fault of the surroundings is none of the code: clients are told that they may try again. */
const toldClearly: Check = {
  name: 'no fault was told as INTERNAL: whoever was not answered knows to try again',
  find: ({ load }) => Promise.resolve([...load.problems].filter(([code]) => code === 'INTERNAL').map(([code, times]) => ({ name: 'unclear error', detail: `${code}, ${String(times)} times: the logs say what it was` }))),
};

export const checks: readonly Check[] = [
  historyHolds, toldClearly, acknowledgedOnce, balancesAddUp, tradesArrived, journalBalances, numbersWithoutGaps, eventsOnTopics, eventsHandled, auditedOnce, nothingParked, poisonPutAside,
  booksHold, rebuiltTheSame, auditHolds, takesNewWork,
];
