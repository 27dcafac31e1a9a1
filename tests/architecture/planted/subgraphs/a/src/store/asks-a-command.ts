import { c } from '../commands/uses-prisma.ts';
export const decided = c;
