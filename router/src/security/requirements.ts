/** What the supergraph demands of who reads what: `@authenticated`, `@requiresScopes` and `@policy`, by type and by field. */
import type { Principal } from '@pms/identity/principal';
import { type ConstDirectiveNode, getNamedType, type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql';
import { directiveArguments, directiveName, type Feature } from '../supergraph/features.ts';

/** A rule over the principal, named by `@policy`. One that is not known is not fulfilled. */
export type Policies = Readonly<Record<string, (principal: Principal) => boolean>>;

/** One demand; `alternatives` is a list of which one suffices, each a list of which all are needed. */
export type Demand =
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'scopes' | 'policies'; readonly alternatives: readonly (readonly string[])[] };

export interface Requirements {
  readonly any: boolean;
  /** Every demand there is; its position is its name in decisions. */
  readonly demands: readonly Demand[];
  /** Positions of the demands that a field makes; for a field of an interface those of every type that it may be. */
  ofField(typeName: string, fieldName: string): readonly number[];
  ofType(typeName: string): readonly number[];
}

export function requirementsOf(full: GraphQLSchema, features: ReadonlyMap<string, Feature>): Requirements {
  const demands: Demand[] = [];
  const positions = new Map<string, number>();
  const names = {
    authenticated: directiveName(features, 'authenticated', 'authenticated'),
    scopes: directiveName(features, 'requiresScopes', 'requiresScopes'),
    policies: directiveName(features, 'policy', 'policy'),
  };
  const read = (directives: readonly ConstDirectiveNode[] | undefined): number[] =>
    (directives ?? []).flatMap((directive) => {
      const demand = demandOf(directive, names);
      if (demand === null) return [];
      const key = JSON.stringify(demand);
      const known = positions.get(key);
      if (known !== undefined) return [known];
      positions.set(key, demands.length);
      return [demands.push(demand) - 1];
    });

  const types = new Map(Object.values(full.getTypeMap()).map((type) => [type.name, read(type.astNode?.directives)]));
  const fields = new Map<string, readonly number[]>();
  for (const type of Object.values(full.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const returned = getNamedType(field.type).name;
      fields.set(`${type.name}.${field.name}`, [...(types.get(type.name) ?? []), ...read(field.astNode?.directives), ...(types.get(returned) ?? [])]);
    }
  }

  const ofConcrete = (typeName: string, fieldName: string): readonly number[] => fields.get(`${typeName}.${fieldName}`) ?? [];
  return {
    any: demands.length > 0, demands,
    ofType: (typeName) => types.get(typeName) ?? [],
    ofField(typeName, fieldName) {
      const type = full.getType(typeName);
      const own = ofConcrete(typeName, fieldName);
      if (!isAbstractType(type)) return own;
      // The object behind an interface is not known before it is fetched, and what may not be read is not fetched.
      return [...new Set([...own, ...full.getPossibleTypes(type).flatMap(({ name }) => ofConcrete(name, fieldName))])];
    },
  };
}

function demandOf(directive: ConstDirectiveNode, names: { readonly authenticated: string | null; readonly scopes: string | null; readonly policies: string | null }): Demand | null {
  switch (directive.name.value) {
    case names.authenticated: return { kind: 'authenticated' };
    case names.scopes: return { kind: 'scopes', alternatives: directiveArguments(directive)['scopes'] as string[][] };
    case names.policies: return { kind: 'policies', alternatives: directiveArguments(directive)['policies'] as string[][] };
    default: return null;
  }
}

/** One character a demand, `1` where it is met: principals with equal decisions may do the same, and share a plan. */
export function decide({ demands }: Requirements, principal: Principal | null, policies: Policies): string {
  return demands.map((demand) => (principal !== null && met(demand, principal, policies) ? '1' : '0')).join('');
}

function met(demand: Demand, principal: Principal, policies: Policies): boolean {
  if (demand.kind === 'authenticated') return true;
  const holds = demand.kind === 'scopes'
    ? (name: string) => principal.scopes.has(name)
    : (name: string) => Object.hasOwn(policies, name) && policies[name]?.(principal) === true;
  return demand.alternatives.some((all) => all.every(holds));
}
