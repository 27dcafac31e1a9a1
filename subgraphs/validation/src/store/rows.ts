/** Rows of rules as domain values. Commands keep the words within their unions. */
import { demandOf, type Parameters, type Rule, type RuleKind, type Severity } from '../domain/rule.ts';

export const RULE_COLUMNS = `id, name, kind, severity, parameters, portfolio_id as "portfolioId", enabled, updated_at as "updatedAt", updated_by as "updatedBy"`;

export interface RuleRow {
  readonly id: string;
  readonly name: string;
  readonly kind: RuleKind;
  readonly severity: Severity;
  readonly parameters: Parameters;
  readonly portfolioId: string | null;
  readonly enabled: boolean;
  readonly updatedAt: Date;
  readonly updatedBy: string;
}

export const toRule = ({ kind, parameters, ...row }: RuleRow): Rule => ({ ...row, demand: demandOf(kind, parameters, parameters.assetClasses ?? []), builtIn: false });


