/** Rules about what clients see: money is exact, and every code is written down. */
import { type DocumentNode, type FieldDefinitionNode, type InputValueDefinitionNode, Kind, parse, type TypeNode, visit } from 'graphql';
import type { Rule } from './house.ts';

const MONEY = /(price|cost|amount|value|balance|proceeds|pnl|fee|cash|dividend)s?$/i;
const INEXACT = new Set(['Float', 'Int', 'String']);

const named = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : named(type.type));

function inexact(document: DocumentNode): string[] {
  const found: string[] = [];
  const look = (field: FieldDefinitionNode | InputValueDefinitionNode): void => {
    const ratio = /\b(ratio|fraction|share|percentile|setting)\b/i.test(field.description?.value ?? '');
    if (MONEY.test(field.name.value) && INEXACT.has(named(field.type)) && !ratio) found.push(`${field.name.value}: ${named(field.type)}`);
  };
  visit(document, { FieldDefinition: look, InputValueDefinition: look });
  return found;
}

/** A ratio may be a Float, if its description says that it is one. */
export const moneyIsExact: Rule = (house) =>
  [...house].flatMap(([path, text]) => (/^subgraphs\/[^/]+\/schema\.graphql$/.test(path) ? inexact(parse(text)).map((field) => `${path}: ${field} is money and not exact`) : []));

/** The keys of `export const <name> = { … } as const` at the first level of indentation. */
function declared(source: string, name: string): string[] {
  const body = new RegExp(`export const ${name} = \\{\\n([\\s\\S]*?)\\n\\} as const`).exec(source)?.[1] ?? '';
  return [...body.matchAll(/^ {2}(\w+):/gm)].map(([, key]) => key ?? '');
}

export const everyCodeIsWrittenDown: Rule = (house) => {
  const source = house.get('platform/errors/src/errors.ts') ?? '';
  const page = house.get('schema/reference/errors.md') ?? '';
  const prelude = house.get('platform/subgraph/src/common.graphql') ?? '';
  const refusals = declared(source, 'userErrorCodes');
  const listed = /enum UserErrorCode \{([\s\S]*?)\n\}/.exec(prelude)?.[1] ?? '';
  const codes = [...declared(source, 'errorCodes'), ...refusals];
  return [
    ...(codes.length === 0 ? ['platform/errors/src/errors.ts declares no code that this rule can read'] : []),
    ...codes.filter((code) => !page.includes(`\`${code}\``)).map((code) => `schema/reference/errors.md does not name ${code}`),
    ...refusals.filter((code) => !new RegExp(`^ {2}${code}$`, 'm').test(listed)).map((code) => `platform/subgraph/src/common.graphql: UserErrorCode lacks ${code}`),
  ];
};
