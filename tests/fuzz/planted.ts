/** Parsers that fail in each of the ways that the fuzzing has to notice. */
import fc from 'fast-check';
import { target } from './support/target.ts';

const anything = fc.string();
const kept: unknown[] = [];
const deep = (level: number): number => (level < 0 ? 0 : deep(level + 1) + 1);

export const targets = [
  target({ name: 'planted-memory', says: 'it takes all the memory that there is', inputs: anything, holds: () => { for (;;) kept.push(Array.from({ length: 100_000 }, (_, at) => ({ at }))); } }),
  target({ name: 'planted-hang', says: 'it never ends', inputs: anything, holds: () => { for (let at = 0; at >= 0; at = (at + 1) % 1_000); } }),
  target({ name: 'planted-stack', says: 'it goes down without end', inputs: anything, holds: () => void deep(0) }),
  target({ name: 'planted-good', says: 'nothing is wrong with it', inputs: anything, holds: () => {} }),
];
