/** Reads an operation out of an HTTP request, as the GraphQL over HTTP specification says. Throws BAD_USER_INPUT. */
import { badInput } from '@pms/errors';
import type { GraphQLParams } from '../operation/serve.ts';

export function paramsFromBody(body: unknown): GraphQLParams {
  if (!isObject(body)) throw badInput(Array.isArray(body) ? 'batches of operations are not accepted' : 'the body must be a JSON object');
  return checked(body);
}

/** Values of a URL are text: what is an object in a body is JSON here. */
export function paramsFromUrl(search: URLSearchParams): GraphQLParams {
  const json = (name: string): unknown => {
    const text = search.get(name);
    if (text === null || text === '') return undefined;
    try {
      return JSON.parse(text);
    } catch {
      throw badInput(`the parameter "${name}" is not JSON`);
    }
  };
  return checked({
    query: search.get('query') ?? undefined, operationName: search.get('operationName') ?? undefined,
    variables: json('variables'), extensions: json('extensions'),
  });
}

function checked({ query, operationName, variables, extensions }: Record<string, unknown>): GraphQLParams {
  if (query != null && typeof query !== 'string') throw badInput('"query" must be text');
  if (operationName != null && typeof operationName !== 'string') throw badInput('"operationName" must be text');
  if (variables != null && !isObject(variables)) throw badInput('"variables" must be an object');
  if (extensions != null && !isObject(extensions)) throw badInput('"extensions" must be an object');
  const given = { query, operationName: operationName === '' ? undefined : operationName, variables, extensions };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value != null));
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
