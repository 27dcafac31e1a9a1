/** How large an operation may be, measured on what it expands to, before it is validated: a bomb must not reach the validator. */
import { DomainError } from '@pms/errors';
import { type DocumentNode, type FragmentDefinitionNode, Kind, type OperationDefinitionNode, type SelectionSetNode, visit } from 'graphql';
import type { z } from 'zod';
import type { RouterLogger, RouterMetrics } from '../observe.ts';
import { heightOf } from './height.ts';
import { limitSettings } from './settings.ts';

export type OperationLimits = z.output<typeof limitSettings>;

export const standardLimits: OperationLimits = limitSettings.parse({});

interface Size {
  depth: number;
  aliases: number;
  directives: number;
  fields: number;
  /** Fields at the top. */
  top: number;
}

export const tooComplex = (limit: string, found: number, allowed: number): DomainError =>
  new DomainError('OPERATION_TOO_COMPLEX', `the operation's ${limit} of ${found} passes the limit of ${allowed}`, { limit, found, allowed });

/** What happens to what passes a limit: OPERATION_TOO_COMPLEX that names it, or only a warning. */
export type Gate = (limit: string, found: number, allowed: number) => void;

export const refusing: Gate = (limit, found, allowed) => {
  if (found > allowed) throw tooComplex(limit, found, allowed);
};

/** What is past these must not reach the validator at all. */
const ALWAYS: ReadonlySet<string> = new Set(['fields']);

export function limitGate({ warnOnly }: OperationLimits, logger: RouterLogger, metrics: Pick<RouterMetrics, 'limited'>): Gate {
  return (limit, found, allowed) => {
    if (found <= allowed) return;
    if (!warnOnly || ALWAYS.has(limit)) throw tooComplex(limit, found, allowed); // counted where it is told
    metrics.limited.inc({ limit });
    logger.warn({ limit, found, allowed }, 'an operation passes a limit that only warns');
  };
}

/** Of each operation in the document: all of them go through the validator. */
export function checkSize(document: DocumentNode, limits: OperationLimits, gate: Gate = refusing): void {
  const fragments = new Map(document.definitions.flatMap((definition): [string, FragmentDefinitionNode][] =>
    definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : []));
  const measured = new Map<string, Size | 'measuring'>();
  for (const definition of document.definitions) if (definition.kind === Kind.OPERATION_DEFINITION) checkOperation(definition, { fragments, measured, limits, gate });
  checkLiterals(document, limits, gate);
}

interface Checking {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly measured: Map<string, Size | 'measuring'>;
  readonly limits: OperationLimits;
  readonly gate: Gate;
}

/** Introspection does not count towards depth and height: the validator bounds it by itself. */
function checkOperation(operation: OperationDefinitionNode, { fragments, measured, limits, gate }: Checking): void {
  const size = sizeOf(operation.selectionSet, fragments, measured);
  gate('depth', size.depth, limits.depthMax);
  gate('aliases', size.aliases, limits.aliasesMax);
  gate('directives', size.directives + (operation.directives?.length ?? 0), limits.directivesMax);
  gate('root fields', size.top, limits.rootFieldsMax);
  gate('fields', size.fields, limits.fieldsMax);
  gate('height', heightOf(operation.selectionSet, fragments, limits.heightMax), limits.heightMax);
}

function checkLiterals(document: DocumentNode, limits: OperationLimits, gate: Gate): void {
  visit(document, {
    StringValue: ({ value }) => gate('input characters', value.length, limits.inputCharactersMax),
    ListValue: ({ values }) => gate('input items', values.length, limits.inputItemsMax),
  });
}

/** Of variables as they came, before their types are looked at. */
export function checkInput(value: unknown, limits: OperationLimits, gate: Gate, level = 0): void {
  if (level > limits.nestingMax) throw tooComplex('nesting', level, limits.nestingMax);
  if (typeof value === 'string') return gate('input characters', value.length, limits.inputCharactersMax);
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) gate('input items', value.length, limits.inputItemsMax);
  for (const inner of Array.isArray(value) ? value as unknown[] : Object.values(value)) if (typeof inner === 'string' || typeof inner === 'object') checkInput(inner, limits, gate, level + 1);
}

const EMPTY: Size = { depth: 0, aliases: 0, directives: 0, fields: 0, top: 0 };
/** Each fragment is measured once, so that fragments that double each other cost nothing to refuse. */
function sizeOf(set: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>, measured: Map<string, Size | 'measuring'>): Size {
  const size = { ...EMPTY };
  for (const selection of set.selections) {
    size.directives += selection.directives?.length ?? 0;
    if (selection.kind === Kind.FIELD) {
      size.fields += 1;
      size.top += 1;
      if (selection.alias !== undefined) size.aliases += 1;
      const hidden = selection.name.value.startsWith('__');
      add(size, selection.selectionSet === undefined ? EMPTY : sizeOf(selection.selectionSet, fragments, measured), 1, hidden);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) add(size, sizeOf(selection.selectionSet, fragments, measured), 0, false);
    else add(size, fragmentSize(selection.name.value, fragments, measured), 0, false);
  }
  return size;
}

function fragmentSize(name: string, fragments: ReadonlyMap<string, FragmentDefinitionNode>, measured: Map<string, Size | 'measuring'>): Size {
  const known = measured.get(name);
  if (known === 'measuring') return EMPTY; // a cycle, which validation refuses
  if (known !== undefined) return known;
  const fragment = fragments.get(name);
  if (fragment === undefined) return EMPTY;
  measured.set(name, 'measuring');
  const size = sizeOf(fragment.selectionSet, fragments, measured);
  measured.set(name, size);
  return size;
}

function add(size: Size, inner: Size, levels: number, ignoreDepth: boolean): void {
  size.depth = Math.max(size.depth, ignoreDepth ? 0 : inner.depth + levels);
  size.aliases += inner.aliases;
  size.directives += inner.directives;
  size.fields += inner.fields;
  if (levels === 0) size.top += inner.top;
}
