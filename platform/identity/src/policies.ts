/** The rules that `@policy` names in the platform's schema: the same at the router and in every subgraph. */
import type { Principal } from './principal.ts';

export const platformPolicies = {
  /** Of the firm: what is about the whole organisation is not for those who see the portfolios of single investors. */
  firm: ({ investors }: Principal): boolean => investors === undefined,
  /** A program: what nobody does by hand. */
  program: ({ kind }: Principal): boolean => kind === 'SERVICE',
} as const;
