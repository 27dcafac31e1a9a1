/** Makes a domain's SDL and resolvers executable, and guards its fields: what the router enforces is enforced here again. */
import { buildSubgraphSchema } from '@apollo/subgraph';
import { forbidden, unauthenticated } from '@pms/errors';
import { actingFor, actingThroughout } from '@pms/events/acting';
import { platformPolicies } from '@pms/identity/policies';
import type { Principal } from '@pms/identity/principal';
import {
  type ConstDirectiveNode, defaultFieldResolver, type FieldDefinitionNode, type GraphQLField, type GraphQLFieldResolver, type GraphQLObjectType, type GraphQLSchema,
  isObjectType, isScalarType, parse, valueFromASTUntyped,
} from 'graphql';
import { giveMeaning } from './scalars.ts';

type BuildInput = Extract<Parameters<typeof buildSubgraphSchema>[0], { typeDefs: unknown; resolvers?: unknown }>;

/** A rule over the principal, named by `@policy` in the SDL. */
export type Policies = Readonly<Record<string, (principal: Principal) => boolean>>;

export function executableSchema(sdl: string, resolvers: object, policies: Policies = platformPolicies): GraphQLSchema {
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: resolvers as NonNullable<BuildInput['resolvers']> });
  for (const type of Object.values(schema.getTypeMap())) {
    if (isScalarType(type)) giveMeaning(type);
    if (isObjectType(type) && !type.name.startsWith('__')) guard(type, policies);
  }
  return schema;
}

type Check = (principal: Principal | undefined) => void;

function guard(type: GraphQLObjectType, policies: Policies): void {
  const ofType = checksOf([type.astNode, ...type.extensionASTNodes].flatMap((node) => node?.directives ?? []), policies);
  for (const field of Object.values(type.getFields())) {
    const checks = [...ofType, ...checksOf(directivesOf(field), policies)];
    field.resolve = guarded(field.resolve === undefined ? property : forItsSender(field.resolve), checks);
    if (field.subscribe !== undefined) field.subscribe = guarded(forItsSender(followed(field.subscribe)), checks);
  }
}

/** Everything that a resolver does, it does for the organisation of the token and no other: Postgres holds it to that. */
const forItsSender = (resolve: GraphQLFieldResolver<unknown, unknown>): GraphQLFieldResolver<unknown, unknown> => (source, args, context, info) =>
  actingFor((context as { principal?: Principal } | undefined)?.principal?.organizationId ?? [], () => resolve(source, args, context, info));

/** What the source has by the field's name; where that is a function, it may ask the database, and does so for the sender. */
const property: GraphQLFieldResolver<unknown, unknown> = (source, args, context, info) => {
  const isCall = typeof source === 'object' && source !== null && typeof (source as Readonly<Record<string, unknown>>)[info.fieldName] === 'function';
  return isCall ? called(source, args, context, info) : defaultFieldResolver(source, args, context, info);
};
const called = forItsSender(defaultFieldResolver);

/** What a subscription does later, when an event comes, is done for the same organisation. */
const followed = (subscribe: GraphQLFieldResolver<unknown, unknown>): GraphQLFieldResolver<unknown, unknown> => async (source, args, context, info) =>
  actingThroughout(await (subscribe(source, args, context, info) as Promise<AsyncIterable<unknown>> | AsyncIterable<unknown>));

const directivesOf = (field: GraphQLField<unknown, unknown>): readonly ConstDirectiveNode[] =>
  (field.astNode as FieldDefinitionNode | undefined)?.directives ?? [];

function guarded(resolve: GraphQLFieldResolver<unknown, unknown>, checks: readonly Check[]): GraphQLFieldResolver<unknown, unknown> {
  if (checks.length === 0) return resolve;
  return (source, args, context, info) => {
    for (const check of checks) check((context as { principal?: Principal }).principal);
    return resolve(source, args, context, info);
  };
}

function checksOf(directives: readonly ConstDirectiveNode[], policies: Policies): Check[] {
  return directives.flatMap((directive): Check[] => {
    const values = Object.fromEntries(directive.arguments?.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]) ?? []);
    switch (directive.name.value) {
      case 'authenticated': return [signedIn];
      case 'requiresScopes': return [oneOf(values['scopes'] as string[][], (principal, scope) => principal.scopes.has(scope), 'scope')];
      case 'policy': return [oneOf(values['policies'] as string[][], (principal, policy) => policies[policy]?.(principal) ?? false, 'policy')];
      default: return [];
    }
  });
}

const signedIn: Check = (principal) => {
  if (principal === undefined) throw unauthenticated('sign in first: the request carries no access token');
};

/** Any of the lists suffices; all of a list are needed. */
const oneOf = (lists: readonly (readonly string[])[], holds: (principal: Principal, name: string) => boolean, kind: string): Check => (principal) => {
  if (principal === undefined) throw unauthenticated('sign in first: the request carries no access token');
  if (!lists.some((list) => list.every((name) => holds(principal, name))))
    throw forbidden(`this needs the ${kind} ${lists.map((list) => list.join(' and ')).join(', or ')}`);
};
