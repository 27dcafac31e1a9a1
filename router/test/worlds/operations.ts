/** Random valid operations on a schema, the same ones for the same seed. */
import {
  getNamedType, type GraphQLCompositeType, type GraphQLField, type GraphQLInputType, type GraphQLSchema, isAbstractType, isCompositeType, isNonNullType, isObjectType,
  isUnionType, parse, validate,
} from 'graphql';
import { type Dice, dice } from './dice.ts';
import { literal, type Variables, variableValue } from './literals.ts';

export interface RandomOperation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

export interface OperationStyle {
  readonly kind?: 'query' | 'mutation';
  /** Whether fragments are deferred now and then; the operation is valid without that. */
  readonly defer?: boolean;
}

const DEPTH_MAX = 5;
const FIELDS_MAX = 45;
const TRIES_MAX = 200;

export function randomOperation(schema: GraphQLSchema, seed: number, style: OperationStyle = {}): RandomOperation {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const made = write(schema, dice(seed * TRIES_MAX + tries), style);
    if (made !== null && validate(schema, parse(made.query.replaceAll(DEFERS, ''))).length === 0) return made;
  }
  throw new Error(`no valid operation found for the seed ${seed}`);
}

/** Every `@defer` that an operation of this generator may hold. */
export const DEFERS = / @defer(?:\([^)]*\))?/g;

interface Writing {
  readonly schema: GraphQLSchema;
  readonly chance: Dice;
  readonly style: OperationStyle;
  readonly variables: Variables;
  readonly fragments: Map<string, { readonly type: string; text: string }>;
  fields: number;
  aliases: number;
  labels: number;
}

function write(schema: GraphQLSchema, chance: Dice, style: OperationStyle): RandomOperation | null {
  const { declared, values, variables } = variablesWith(chance);
  const writing: Writing = { schema, chance, style, variables, fragments: new Map(), fields: 0, aliases: 0, labels: 0 };
  const kind = style.kind ?? 'query';
  const root = kind === 'query' ? schema.getQueryType() : schema.getMutationType();
  if (root == null) return null;
  const body = set(root, 0, writing);
  if (writing.fields > FIELDS_MAX) return null;
  const fragments = [...writing.fragments].map(([name, { type, text }]) => `fragment ${name} on ${type}${text}`);
  return { query: [`${kind} Random${declared.length === 0 ? '' : `(${declared.join(', ')})`}${body}`, ...fragments].join(' '), variables: values };
}

function variablesWith(chance: Dice): { declared: string[]; values: Record<string, unknown>; variables: Variables } {
  const declared: string[] = [];
  const values: Record<string, unknown> = {};
  const byType = new Map<string, string[]>();
  const use = (type: GraphQLInputType): string => {
    const known = byType.get(String(type)) ?? [];
    if (known.length > 0 && chance.chance(0.5)) return chance.one(known);
    const name = `v${declared.length}`;
    byType.set(String(type), [...known, `$${name}`]);
    const withDefault = chance.chance(0.2) ? ` = ${nonNullLiteral(type, chance)}` : '';
    declared.push(`$${name}: ${String(type)}${withDefault}`);
    const value = withDefault !== '' && chance.chance(0.5) ? undefined : variableValue(type, chance);
    if (value !== undefined) values[name] = value;
    return `$${name}`;
  };
  return { declared, values, variables: { use } };
}

function nonNullLiteral(type: GraphQLInputType, chance: Dice): string {
  const text = literal(type, chance, null);
  return text === 'null' && isNonNullType(type) ? nonNullLiteral(type, chance) : text;
}

function field(definition: GraphQLField<unknown, unknown>, depth: number, writing: Writing): string {
  const { chance, variables } = writing;
  writing.fields += 1;
  const args = definition.args.flatMap(({ name, type, defaultValue }) => {
    const needed = isNonNullType(type) && defaultValue === undefined;
    if (!needed && chance.chance(0.5)) return [];
    return [`${name}: ${literal(type, chance, variables)}`];
  });
  const alias = args.length > 0 ? chance.chance(0.85) : chance.chance(0.15);
  const name = alias ? `${aliasFor(writing)}: ` : '';
  const type = getNamedType(definition.type);
  return `${name}${definition.name}${args.length === 0 ? '' : `(${args.join(', ')})`}${condition(writing)}${isCompositeType(type) ? set(type, depth + 1, writing) : ''}`;
}

/** Now and then one that a field has for a name, or that another place has too. */
function aliasFor(writing: Writing): string {
  const { chance, schema } = writing;
  if (chance.chance(0.9)) return `a${10 + (writing.aliases += 1)}`;
  if (chance.chance(0.2)) return `a${chance.below(3)}`;
  const types = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith('__'));
  return chance.one(['id', 'code', '__typename', ...types.flatMap((type) => (isObjectType(type) ? Object.keys(type.getFields()) : []))]);
}

const NEEDED = 'Boolean!';

function condition(writing: Writing): string {
  const { chance, variables, schema } = writing;
  if (!chance.chance(0.08)) return '';
  const flag = (): string => {
    if (!chance.chance(0.7)) return String(chance.chance(0.5));
    const type = schema.getDirective('skip')?.args[0]?.type;
    if (String(type) !== NEEDED || type === undefined) throw new Error('no @skip');
    return variables.use(type);
  };
  const directive = chance.one(['skip', 'include']);
  return ` @${directive}(if: ${flag()})${chance.chance(0.15) ? ` @${directive === 'skip' ? 'include' : 'skip'}(if: ${flag()})` : ''}`;
}

function set(type: GraphQLCompositeType, depth: number, writing: Writing): string {
  const { chance } = writing;
  const selections: string[] = [];
  if (chance.chance(0.2)) selections.push(chance.chance(0.2) ? 'kind: __typename' : '__typename');
  if (!isUnionType(type)) {
    const fields = Object.values(type.getFields()).filter(({ type: returned }) => depth < DEPTH_MAX || !isCompositeType(getNamedType(returned)));
    for (const definition of fields) if (chance.chance(depth === 0 ? 0.3 : 0.28)) selections.push(field(definition, depth, writing));
  }
  if (depth < DEPTH_MAX) selections.push(...fragmentsOn(type, depth, writing));
  if (selections.length === 0) selections.push('__typename');
  return ` { ${selections.join(' ')} }`;
}

function fragmentsOn(type: GraphQLCompositeType, depth: number, writing: Writing): string[] {
  const { chance, schema } = writing;
  const selections: string[] = [];
  for (const inner of conditionsFor(type, schema)) if (chance.chance(isAbstractType(type) ? 0.45 : 0.07)) selections.push(fragment(inner, type, depth, writing));
  if (chance.chance(0.05)) selections.push(`...${condition(writing)}${deferred(type, writing)}${set(type, depth + 1, writing)}`);
  return selections;
}

/** Types that a fragment here may be on. */
function conditionsFor(type: GraphQLCompositeType, schema: GraphQLSchema): GraphQLCompositeType[] {
  const possible = isAbstractType(type) ? [...schema.getPossibleTypes(type)] : [type];
  const abstract = Object.values(schema.getTypeMap()).filter((one): one is GraphQLCompositeType & { name: string } =>
    isAbstractType(one) && one !== type && possible.some((inner) => isObjectType(inner) && schema.isSubType(one, inner)));
  return [...possible, ...abstract];
}

function fragment(type: GraphQLCompositeType, parent: GraphQLCompositeType, depth: number, writing: Writing): string {
  const { chance, fragments } = writing;
  const where = `${condition(writing)}${deferred(parent, writing)}`;
  if (chance.chance(0.7)) return `... on ${type.name}${where}${set(type, depth + 1, writing)}`;
  const known = [...fragments].filter(([, one]) => one.type === type.name && one.text !== '').map(([name]) => name);
  if (known.length > 0 && chance.chance(0.5)) return `...${chance.one(known)}${where}`;
  const name = `F${fragments.size}`;
  fragments.set(name, { type: type.name, text: '' });
  fragments.set(name, { type: type.name, text: set(type, depth + 1, writing) });
  return `...${name}${where}`;
}

function deferred(parent: GraphQLCompositeType, writing: Writing): string {
  const { chance, style, schema, variables } = writing;
  if (style.defer !== true || parent === schema.getMutationType() || !chance.chance(0.5)) return '';
  const label = chance.chance(0.5) ? [`label: "l${(writing.labels += 1)}"`] : [];
  const type = schema.getDirective('skip')?.args[0]?.type;
  const when = type !== undefined && chance.chance(0.3) ? [`if: ${chance.chance(0.5) ? variables.use(type) : chance.one(['true', 'false'])}`] : [];
  const given = [...label, ...when].join(', ');
  return ` @defer${given === '' ? '' : `(${given})`}`;
}
