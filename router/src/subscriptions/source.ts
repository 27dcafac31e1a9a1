/**
 * What is known of a subscription's source: whether its events replace each other, whether it can go on after an event that was seen,
 * and the requests that say so. Made once for each compiled fetch.
 */
import {
  type ArgumentNode, type FieldNode, getNamedType, type GraphQLField, type GraphQLSchema, isLeafType, isObjectType, Kind, type OperationDefinitionNode, parse, print, type SelectionNode, visit,
} from 'graphql';
import type { SubgraphRequest, SubgraphResult } from '../dial/transport.ts';
import { requestFor } from '../execution/send.ts';
import type { RootFetch } from '../planner/plan.ts';
import type { SubscriptionSettings } from './settings.ts';

type Variables = Record<string, unknown>;

export interface Source {
  readonly service: string;
  /** `state`: the latest event of each key is all that counts. `history`: it can be asked for what came after an event. */
  readonly kind: 'state' | 'history' | 'plain';
  /** The root field, as its subgraph calls it. */
  readonly field: string;
  /** What events are told apart by; `null` for one that must not be lost. */
  keyOf(event: SubgraphResult): string | null;
  /** What may be resumed after; `null` where that is not possible. */
  idOf(event: SubgraphResult): string | null;
  /** Whether the client itself says after which event it begins. */
  startsAfter(variables: Variables): boolean;
  request(variables: Variables, after: string | null): SubgraphRequest;
}

/** Server-sent events carry ids in a line of their own, which a subgraph must not be able to leave. */
const ONE_LINE = /^[^\r\n\0]{1,256}$/;

const ID_KEY = 'resumeId_';
const AFTER = 'resumeAfter_';

export function sourceOf(fetch: RootFetch, api: GraphQLSchema, { conflate, resume }: Pick<SubscriptionSettings, 'conflate' | 'resume'>): Source {
  const operation = parse(fetch.operation, { noLocation: true }).definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const root = operation?.selectionSet.selections.find((selection) => selection.kind === Kind.FIELD);
  const plain: Source = {
    service: fetch.service, kind: 'plain', field: root?.name.value ?? '',
    keyOf: () => null, idOf: () => null, startsAfter: () => false, request: (variables) => requestFor(fetch, variables),
  };
  if (operation === undefined || root === undefined) return plain;
  const key = (root.alias ?? root.name).value;
  const path = conflate[plain.field];
  if (path !== undefined) return { ...plain, kind: 'state', keyOf: ({ data }) => (path.length === 0 ? '' : textAt(data?.[key], path)) };
  const resumption = resume[plain.field];
  const field = api.getSubscriptionType()?.getFields()[plain.field];
  if (resumption === undefined || field === undefined || !canResume(field, resumption)) return plain;
  return { ...plain, kind: 'history', ...resumable({ fetch, operation, root, field }, resumption) };
}

type Resumption = SubscriptionSettings['resume'][string];

/** A supergraph that has no such argument or no such id is served all the same, without resumption. */
function canResume(field: GraphQLField<unknown, unknown>, { argument, id }: Resumption): boolean {
  if (!field.args.some(({ name }) => name === argument)) return false;
  const leaf = id.reduce((type: unknown, name) => (isObjectType(type) ? namedTypeOf(type.getFields()[name]) : undefined), getNamedType(field.type));
  return isLeafType(leaf);
}

const namedTypeOf = (field: GraphQLField<unknown, unknown> | undefined): unknown => (field === undefined ? undefined : getNamedType(field.type));

interface Parsed {
  readonly fetch: RootFetch;
  readonly operation: OperationDefinitionNode;
  readonly root: FieldNode;
  readonly field: GraphQLField<unknown, unknown>;
}

function resumable({ fetch, operation, root, field }: Parsed, { argument, id }: Resumption): Pick<Source, 'idOf' | 'startsAfter' | 'request'> {
  const asked: FieldNode = { ...root, selectionSet: { kind: Kind.SELECTION_SET, selections: [...(root.selectionSet?.selections ?? []), idSelection(id)] } };
  const given = root.arguments?.find(({ name }) => name.value === argument);
  const others = (root.arguments ?? []).filter((one) => one !== given);
  const after: ArgumentNode = { kind: Kind.ARGUMENT, name: named(argument), value: { kind: Kind.VARIABLE, name: named(AFTER) } };
  const type = String(field.args.find(({ name }) => name === argument)?.type).replace(/!$/, '');
  const first = { ...fetch, operation: print(withRoot(operation, root, asked)) };
  const again = { ...fetch, operation: print(declaring(withRoot(operation, root, { ...asked, arguments: [...others, after] }), `$${AFTER}: ${type}`)) };
  const path = [(root.alias ?? root.name).value, ...id.slice(0, -1), ID_KEY];
  return {
    idOf({ data }) {
      const text = textAt(data, path);
      return text !== null && ONE_LINE.test(text) ? text : null;
    },
    startsAfter(variables) {
      if (given === undefined || given.value.kind === Kind.NULL) return false;
      return given.value.kind !== Kind.VARIABLE || variables[given.value.name.value] != null;
    },
    request: (variables, last) => (last === null ? requestFor(first, variables) : requestFor(again, { ...variables, [AFTER]: last })),
  };
}

const named = (value: string) => ({ kind: Kind.NAME, value }) as const;

/** Asked for beside what the client selected; fields of one response key are merged, so that nothing of theirs changes. */
function idSelection([name = '', ...rest]: readonly string[]): SelectionNode {
  if (rest.length === 0) return { kind: Kind.FIELD, name: named(name), alias: named(ID_KEY) };
  return { kind: Kind.FIELD, name: named(name), selectionSet: { kind: Kind.SELECTION_SET, selections: [idSelection(rest)] } };
}

const withRoot = (operation: OperationDefinitionNode, root: FieldNode, changed: FieldNode): OperationDefinitionNode => ({
  ...operation, selectionSet: { ...operation.selectionSet, selections: operation.selectionSet.selections.map((selection) => (selection === root ? changed : selection)) },
});

/** With one variable more, and without those that the operation does not use any longer. */
function declaring(operation: OperationDefinitionNode, declaration: string): OperationDefinitionNode {
  const used = new Set<string>();
  visit(operation.selectionSet, { Variable: ({ name }) => void used.add(name.value) });
  const [more] = parse(`query(${declaration}) { a }`, { noLocation: true }).definitions;
  const added = more?.kind === Kind.OPERATION_DEFINITION ? more.variableDefinitions ?? [] : [];
  return { ...operation, variableDefinitions: [...(operation.variableDefinitions ?? []).filter(({ variable }) => used.has(variable.name.value)), ...added] };
}

function textAt(value: unknown, path: readonly string[]): string | null {
  const found = path.reduce<unknown>((inner, key) => (inner === null || typeof inner !== 'object' ? undefined : (inner as Record<string, unknown>)[key]), value);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : null;
}
