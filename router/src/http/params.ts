/** Reads an operation out of an HTTP request, as the GraphQL over HTTP specification says. Throws BAD_USER_INPUT. */
import { badInput } from '@pms/errors';
import type { GraphQLParams } from '../operation/serve.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export function paramsFromBody(body: unknown): GraphQLParams {
  if (!isObject(body)) throw badInput(Array.isArray(body) ? 'batches of operations are not accepted' : 'the body must be a JSON object');
  return checked(body);
}

/** Values of a URL are text: what is an object in a body is JSON here. */
export function paramsFromUrl(search: Readonly<Record<string, unknown>>): GraphQLParams {
  const json = (name: string): unknown => {
    const text = search[name];
    if (text === undefined || text === '') return undefined;
    if (typeof text !== 'string') throw badInput(`the parameter "${name}" must be there once`);
    try {
      return JSON.parse(text);
    } catch {
      throw badInput(`the parameter "${name}" is not JSON`);
    }
  };
  return checked({ query: search['query'], documentId: search['documentId'], id: search['id'], operationName: search['operationName'], variables: json('variables'), extensions: json('extensions') });
}

/** What is null counts as absent, and so does an empty name. */
function checked({ query, documentId, id, operationName, variables, extensions }: Readonly<Record<string, unknown>>): GraphQLParams {
  const params: Writable<GraphQLParams> = {};
  if (query != null) params.query = textIn('query', query);
  const named = documentId ?? id;
  if (named != null) params.documentId = textIn('documentId', named);
  if (operationName != null && operationName !== '') params.operationName = textIn('operationName', operationName);
  if (variables != null) params.variables = objectIn('variables', variables);
  if (extensions != null) params.extensions = objectIn('extensions', extensions);
  return params;
}

function textIn(name: string, value: unknown): string {
  if (typeof value !== 'string') throw badInput(`"${name}" must be text`);
  return value;
}

function objectIn(name: string, value: unknown): Record<string, unknown> {
  if (!isObject(value)) throw badInput(`"${name}" must be an object`);
  return value;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
