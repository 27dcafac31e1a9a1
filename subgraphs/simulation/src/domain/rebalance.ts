/**
 * How much of each fund to hold so that the classes inside them come to their targets, where one fund holds several classes.
 * Floats, in one currency: a proposal, rounded and booked elsewhere. A negative amount says that the targets cannot be met long only.
 */
import { badInput } from '@pms/errors';
import { solveLeastSquares } from './linear-algebra.ts';

/** The part of a fund that is in each class, 0 to 1; what is not named is none. */
export type Exposure = Readonly<Record<string, number>>;

/**
 * Amounts by fund. With as many classes as funds the targets are met exactly; with more classes, as nearly as least squares can.
 * Refuses funds that cannot be told apart by their classes.
 */
export function amountsForTargets(funds: Readonly<Record<string, Exposure>>, targets: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const names = Object.keys(funds);
  const classes = Object.keys(targets);
  const found = solveLeastSquares(classes.map((each) => names.map((name) => funds[name]?.[each] ?? 0)), classes.map((each) => targets[each] ?? 0));
  if (!found) throw badInput('these funds cannot be told apart by their classes: the targets do not say how much of each');
  return Object.fromEntries(names.map((name, at) => [name, found[at] ?? 0]));
}
