/** The variables of an operation as their types have them. Throws InvalidOperation for those that do not fit, OPERATION_TOO_COMPLEX for those that are too large, and for the cost that they make. */
import { getVariableValues, type GraphQLSchema } from 'graphql';
import { valueOf, type Variables } from '../security/cost.ts';
import { checkInput, type Gate, type OperationLimits } from '../security/limits.ts';
import type { PreparedOperation } from './prepare.ts';
import { InvalidOperation, withoutSuggestion } from './validate.ts';

interface Coercing { readonly limits: OperationLimits; readonly gate: Gate; readonly suggestions: boolean }

const NONE: Variables = Object.freeze({});

export function coerced(api: GraphQLSchema, operation: PreparedOperation, given: Variables, { limits, gate, suggestions }: Coercing): Variables {
  const definitions = operation.operation.variableDefinitions ?? [];
  let variables = NONE;
  if (definitions.length > 0) {
    checkInput(given, limits, gate);
    const values = getVariableValues(api, definitions, given, { maxErrors: limits.errorsMax });
    if (values.errors !== undefined) throw new InvalidOperation('BAD_USER_INPUT', suggestions ? values.errors : values.errors.map(withoutSuggestion));
    variables = values.coerced;
  }
  if (limits.costMode === 'enforce') gate('cost', valueOf(operation.cost, variables), limits.costMax);
  return variables;
}
