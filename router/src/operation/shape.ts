/**
 * What a client can see of the types behind its operation, as one text: equal texts of one document mean that every response of the one
 * schema is one of the other. Names of types, null or not, values of enums, what an abstract type may be, and what the caller may not read.
 */
import { createHash } from 'node:crypto';
import { getNamedType, type GraphQLNamedType, type GraphQLSchema, isAbstractType, isEnumType, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import type { Visibility } from '../execution/project.ts';
import type { ValidOperation } from './validate.ts';

export function shapeOf(api: GraphQLSchema, { operation, fragments }: Pick<ValidOperation, 'operation' | 'fragments'>, visibility: Visibility | null): string {
  const info = new TypeInfo(api);
  const seen = new Set<GraphQLNamedType>();
  const hash = createHash('sha256');
  const noteType = (type: GraphQLNamedType): void => {
    if (seen.has(type)) return;
    seen.add(type);
    const hidden = (name: string): string => (visibility?.typeHidden(name) === true ? `${name}!` : name);
    if (isEnumType(type)) hash.update(`${type.name}=${type.getValues().map(({ name }) => name).toSorted().join('|')};`);
    else if (isAbstractType(type)) hash.update(`${type.name}=${api.getPossibleTypes(type).map(({ name }) => hidden(name)).toSorted().join('|')};`);
    else hash.update(`${hidden(type.name)};`);
  };
  const visitor = visitWithTypeInfo(info, {
    Field() {
      const parent = info.getParentType();
      const type = info.getType();
      if (parent == null || type == null) return;
      const name = info.getFieldDef()?.name ?? '';
      hash.update(`${parent.name}.${name}:${String(type)}${visibility?.fieldHidden(parent.name, name) === true ? '!' : ''};`);
      noteType(getNamedType(type));
    },
  });
  for (const node of [operation, ...Object.values(fragments)]) visit(node, visitor);
  return hash.digest('base64');
}
