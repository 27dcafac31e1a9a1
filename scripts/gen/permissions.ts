/**
 * Writes docs/security/permissions.md: who may do what, read out of the directives of the domains' schemas and the scopes of roles. A test asks
 * for every line of it, at the router and at the subgraph, and sees what the line says.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Principals from '@pms/identity/principal';
import type { Principal, Role } from '@pms/identity/principal';
import type * as Graphql from 'graphql';
import type { ConstDirectiveNode, FieldDefinitionNode, InterfaceTypeDefinitionNode, ObjectTypeDefinitionNode, TypeNode } from 'graphql';
import type { NamedSdl } from './compose.ts';
import type { Task } from './task.ts';
import { root } from './workspace.ts';

/** Loaded only when something is written. */
const require = createRequire(import.meta.url);
const identitySource = join(root, 'platform/identity/src');

type Policies = Readonly<Record<string, (principal: Principal) => boolean>>;
type Fielded = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

/** All of them must hold; of one, any of the lists suffices, and all of a list are needed. */
interface Demand {
  readonly kind: 'authenticated' | 'scope' | 'policy';
  readonly anyOf: readonly (readonly string[])[];
}

interface Line {
  readonly domain: string;
  readonly coordinate: string;
  readonly atRoot: boolean;
  readonly demands: readonly Demand[];
}

const ROOTS = ['Query', 'Mutation', 'Subscription'];

function demandsOf(directives: readonly ConstDirectiveNode[] = []): Demand[] {
  const { valueFromASTUntyped } = require('graphql') as typeof Graphql;
  const argument = (directive: ConstDirectiveNode): readonly (readonly string[])[] =>
    (directive.arguments?.[0] === undefined ? [] : valueFromASTUntyped(directive.arguments[0].value) as string[][]);
  return directives.flatMap((directive): Demand[] => {
    switch (directive.name.value) {
      case 'authenticated': return [{ kind: 'authenticated', anyOf: [] }];
      case 'requiresScopes': return [{ kind: 'scope', anyOf: argument(directive) }];
      case 'policy': return [{ kind: 'policy', anyOf: argument(directive) }];
      default: return [];
    }
  });
}

const named = (type: TypeNode): string => (type.kind === 'NamedType' ? type.name.value : named(type.type));

function linesOf({ name: domain, sdl }: NamedSdl): Line[] {
  const { parse } = require('graphql') as typeof Graphql;
  const types = parse(sdl, { noLocation: true }).definitions.filter((definition): definition is Fielded =>
    ['ObjectTypeDefinition', 'ObjectTypeExtension', 'InterfaceTypeDefinition'].includes(definition.kind));
  const ofType = new Map(types.map((type) => [type.name.value, demandsOf(type.directives)]));
  const lineOf = (type: Fielded, field: FieldDefinitionNode): Line => ({
    domain, coordinate: `${type.name.value}.${field.name.value}`, atRoot: ROOTS.includes(type.name.value),
    demands: different([...(ofType.get(type.name.value) ?? []), ...demandsOf(field.directives), ...(ofType.get(named(field.type)) ?? [])]),
  });
  return types.flatMap((type) => (type.fields ?? []).map((field) => lineOf(type, field))).filter(({ atRoot, demands }) => atRoot || demands.length > 0);
}

const different = (demands: readonly Demand[]): Demand[] => [...new Map(demands.map((demand) => [JSON.stringify(demand), demand])).values()];

const met = ({ kind, anyOf }: Demand, principal: Principal, policies: Policies): boolean =>
  kind === 'authenticated' || anyOf.some((all) => all.every((one) => (kind === 'scope' ? principal.scopes.has(one) : policies[one]?.(principal) === true)));

const worded = ({ kind, anyOf }: Demand): string =>
  (kind === 'authenticated' ? 'signed in' : `${anyOf.map((all) => all.map((one) => `\`${one}\``).join(' and ')).join(' or ')}${kind === 'policy' ? ' (policy)' : ''}`);

function table(lines: readonly Line[], principals: ReadonlyMap<Role, Principal>, policies: Policies): string[] {
  const names = [...principals.keys()];
  const rows = lines.map(({ coordinate, demands }) => {
    const marks = [...principals.values()].map((principal) => (demands.every((demand) => met(demand, principal, policies)) ? 'yes' : '–'));
    return `| \`${coordinate}\` | ${demands.map(worded).join('; ') || 'nothing'} | ${marks.join(' | ')} |`;
  });
  return [`| field | demands | ${names.join(' | ')} |`, `| --- | --- | ${names.map(() => '---').join(' | ')} |`, ...rows, ''];
}

/** A user with one role, as the platform's tokens describe them. */
const holder = ({ scopesOf, isOnlyInvestor }: typeof Principals, role: Role): Principal => ({
  subject: 'usr_1', kind: 'USER', organizationId: 'org_1', roles: [role], scopes: new Set(scopesOf([role])), tokenId: 'tok_1', expiresAt: 0,
  ...(isOnlyInvestor([role]) ? { investors: ['inv_1'] } : {}),
});

async function page(services: readonly NamedSdl[]): Promise<string> {
  const identity = await import('@pms/identity/principal');
  const { platformPolicies } = await import('@pms/identity/policies');
  const principals = new Map(identity.roles.map((role) => [role, holder(identity, role)]));
  const lines = services.flatMap(linesOf);
  const byDomain = (wanted: readonly Line[]): string[] => [...Map.groupBy(wanted, ({ domain }) => domain)].flatMap(([domain, of]) => [`### ${domain}`, '', ...table(of, principals, platformPolicies)]);
  const scopes = identity.scopes.map((scope) => `| \`${scope}\` | ${identity.roles.map((role) => (identity.scopesOfRole[role].includes(scope) ? 'yes' : '–')).join(' | ')} |`);
  return [
    '# Permissions', '',
    'Generated by `pnpm gen` from the directives of `subgraphs/*/schema.graphql` and from `platform/identity`; a test asks for every root field in every role,',
    'at the router and at the subgraph, and compares the answer with this page. How people and programs come to their tokens: [identity](identity.md).', '',
    'A user has the union of what their roles give; a program the scopes that it was given and no role. Whatever is allowed is allowed within the own organisation alone.',
    'Policies: `firm` holds for everybody but a user who is nothing but INVESTOR: such a one sees the portfolios of the investors in their token, and of leaderboards the places of those. `program` holds for service clients alone.', '',
    '## Scopes of roles', '',
    `| scope | ${identity.roles.join(' | ')} |`, `| --- | ${identity.roles.map(() => '---').join(' | ')} |`, ...scopes, '',
    '## Fields at the root', '', ...byDomain(lines.filter(({ atRoot }) => atRoot)),
    '## Other fields that demand something', '', ...byDomain(lines.filter(({ atRoot }) => !atRoot)),
  ].join('\n');
}

export function permissions(services: readonly NamedSdl[]): Task {
  return {
    name: 'permissions', committed: true,
    inputs: [...services.flatMap(({ name, sdl }) => [name, sdl]), ...['principal.ts', 'policies.ts'].map((file) => readFileSync(join(identitySource, file), 'utf8'))],
    run: async () => [{ file: join(root, 'docs/security/permissions.md'), text: await page(services) }],
  };
}
