/** The steps of the settlement saga by name, what undoes each, and which of them a state has behind it: exactly what a cancellation undoes. */
import type { Settlement } from './settlement-state.ts';

/** What undoes a step; reserving cash is undone only until booking consumes the reservation. */
export const compensations = {
  reserve: 'release-cash',
  book: 'reverse-booking',
  deliver: 'reverse-delivery',
  instruct: 'withdraw-instruction',
  match: 'unmatch',
  net: 'break-net',
  'buy-in': 'call-off-buy-in',
} as const;

export type StepName = keyof typeof compensations;
export type Compensation = (typeof compensations)[StepName];

/** In the order in which they count: what a part delivery left was instructed after it. */
export function stepsBehind(settlement: Settlement): readonly StepName[] {
  switch (settlement.step) {
    case 'reserving': case 'refused': case 'cancelled':
      return [];
    case 'booking':
      return ['reserve'];
    // delivery has consumed the instruction
    case 'settled':
      return ['book', 'deliver'];
    case 'instructed':
      return [...delivered(settlement), 'instruct'];
    case 'matched':
      return [...delivered(settlement), ...confirmed({ ...settlement, matched: true })];
    case 'failed':
      return [...delivered(settlement), ...confirmed(settlement)];
    case 'buying-in':
      return [...delivered(settlement), ...confirmed(settlement), 'buy-in'];
  }
}

const delivered = ({ part }: { readonly part: { readonly quantity: { isZero(): boolean } } }): StepName[] => (part.quantity.isZero() ? ['book'] : ['book', 'deliver']);

const confirmed = ({ matched, netSetId }: { readonly matched: boolean; readonly netSetId: string | null }): StepName[] =>
  ['instruct', ...(matched ? ['match' as const] : []), ...(netSetId === null ? [] : ['net' as const])];

/** The newest step is undone first. */
export const undoing = (settlement: Settlement): readonly Compensation[] => stepsBehind(settlement).map((step) => compensations[step]).toReversed();
