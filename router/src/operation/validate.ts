/** Parses and validates a client's document. Throws GraphQLError or OPERATION_TOO_COMPLEX; never plans, never fetches. */
import { DomainError } from '@pms/errors';
import {
  type DocumentNode, getOperationAST, GraphQLError, type GraphQLSchema, Kind, NoSchemaIntrospectionCustomRule, type OperationDefinitionNode, parse,
  recommendedRules, specifiedRules, validate, type ValidationRule, visit,
} from 'graphql';
import type { Fragments } from '../execution/selections.ts';
import { deferRule } from './defer-rule.ts';
import { checkSize, type Gate, type OperationLimits, tooComplex } from '../security/limits.ts';
import { checkNesting } from '../security/nesting.ts';

export interface ValidOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Fragments;
}

/** What is wrong with a document, with all its errors. */
export class InvalidOperation extends Error {
  override readonly name = 'InvalidOperation';
  readonly code: 'GRAPHQL_PARSE_FAILED' | 'GRAPHQL_VALIDATION_FAILED' | 'OPERATION_RESOLUTION_FAILURE' | 'BAD_USER_INPUT';
  readonly errors: readonly GraphQLError[];

  constructor(code: InvalidOperation['code'], errors: readonly GraphQLError[]) {
    super(errors.map(({ message }) => message).join('; '));
    this.code = code;
    this.errors = errors;
  }
}

export interface ValidationOptions {
  readonly limits: OperationLimits;
  readonly gate: Gate;
  /** Whether clients may read the schema. */
  readonly introspection: boolean;
  /** Whether errors may name fields that exist ("did you mean"). */
  readonly suggestions: boolean;
}

const rules: readonly ValidationRule[] = [...new Set([...specifiedRules, ...recommendedRules]), deferRule];

export function validOperation(schema: GraphQLSchema, source: string, operationName: string | undefined, options: ValidationOptions): ValidOperation {
  const document = parsed(source, options.limits);
  const operation = getOperationAST(document, operationName);
  if (operation == null) throw unresolved(document, operationName);
  checkSize(document, options.limits, options.gate);
  refuseReservedNames(document);
  const errors = validate(schema, document, options.introspection ? rules : [...rules, NoSchemaIntrospectionCustomRule], { maxErrors: options.limits.errorsMax });
  if (errors.length > 0) throw new InvalidOperation('GRAPHQL_VALIDATION_FAILED', options.suggestions ? errors : errors.map(withoutSuggestion));
  return { document, operation, fragments: fragmentsOf(document) };
}

function parsed(source: string, limits: OperationLimits): DocumentNode {
  try {
    checkNesting(source, limits);
    return parse(source, { maxTokens: limits.tokensMax });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const tokens = /contains more tha[nt] \d+ tokens/.test(error.message);
    throw tokens ? tooComplex('tokens', limits.tokensMax + 1, limits.tokensMax) : new InvalidOperation('GRAPHQL_PARSE_FAILED', [error]);
  }
}

function unresolved(document: DocumentNode, operationName: string | undefined): InvalidOperation {
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).length;
  const message = operationName === undefined && operations > 1
    ? 'the document holds several operations: operationName must say which'
    : operations === 0 ? 'the document holds no operation' : `the document holds no operation named "${operationName ?? ''}"`;
  return new InvalidOperation('OPERATION_RESOLUTION_FAILURE', [new GraphQLError(message)]);
}

/** Response keys and variables become keys of plain objects, where this one name means something else. */
function refuseReservedNames(document: DocumentNode): void {
  visit(document, {
    Name(node) {
      if (node.value === '__proto__') throw new DomainError('BAD_USER_INPUT', 'the name __proto__ is reserved');
    },
  });
}

/** What follows names what exists: fields, arguments, values of enums. */
export const SUGGESTION = / ?Did you mean .*$/s;

export const withoutSuggestion = (error: GraphQLError): GraphQLError => new GraphQLError(error.message.replace(SUGGESTION, ''), { nodes: error.nodes ?? null });

const fragmentsOf = (document: DocumentNode): Fragments => Object.fromEntries(document.definitions.flatMap((definition) =>
  definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : []));
