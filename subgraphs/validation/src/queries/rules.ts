/** The rules in force, and those that are switched off; with a portfolio, those that concern it. */
import { notFound } from '@pms/errors';
import type { ValidationContext } from '../context.ts';
import { builtInKinds, inScope, type Rule } from '../domain/rule.ts';

export async function complianceRules({ store, principal }: ValidationContext, portfolioId: string | null, includeDisabled: boolean): Promise<readonly Rule[]> {
  const { organizationId } = principal;
  if (portfolioId !== null && (await store.portfolio(organizationId, portfolioId)) === null) throw notFound('portfolio', portfolioId);
  const own = await store.ownRules(organizationId);
  const rules = portfolioId === null ? everywhere(own) : inScope(own, portfolioId);
  return includeDisabled ? rules : rules.filter(({ enabled }) => enabled);
}

/** A rule of one portfolio leaves the built-in one in force for the others. */
function everywhere(own: readonly Rule[]): readonly Rule[] {
  const builtIns = inScope(own.filter((rule) => rule.portfolioId === null), null).filter(({ builtIn }) => builtIn);
  return [...builtIns.slice(0, builtInKinds.length), ...own];
}
