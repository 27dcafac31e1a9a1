/**
 * Events as JSON Schemas: what may be said on the bus. `incompatibilities` names what would make an event that is already in an outbox, or a consumer that is
 * not updated yet, fail: a removed event, a removed or retyped field, a field that is required now, a value that is no longer allowed.
 */
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Shape {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly description?: string;
  readonly format?: string;
}

export interface DeclaredEvent {
  /** The domain that says it. */
  readonly publisher: string;
  readonly name: string;
  readonly shape: Shape;
}

interface Declared {
  readonly name: string;
  readonly data: unknown;
}
const isEvent = (value: unknown): value is Declared =>
  typeof value === 'object' && value !== null && 'name' in value && 'data' in value && typeof value.name === 'string' && /\.v\d+$/.test(value.name);

/** By name. Fields with a default need not be there: an event that was written before them has none. */
export async function declaredIn(file: string): Promise<DeclaredEvent[]> {
  const { toJSONSchema } = await import('zod');
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  return Object.values(module).filter(isEvent).toSorted((a, b) => a.name.localeCompare(b.name)).map(({ name, data }) => ({
    publisher: basename(file, '.ts'), name, shape: toJSONSchema(data as Parameters<typeof toJSONSchema>[0], { unrepresentable: 'any', io: 'input' }) as Shape,
  }));
}

export type Released = Readonly<Record<string, Shape>>;

/** One sentence for each thing that may not be. */
export function incompatibilities(before: Released, now: Released): string[] {
  return Object.entries(before).flatMap(([name, shape]) => {
    const after = now[name];
    return after === undefined ? [`${name} is gone: events of it may still be on their way`] : changed(shape, after, name);
  });
}

function changed(before: Shape, now: Shape, at: string): string[] {
  if (kindOf(before) !== kindOf(now)) return [`${at} was ${kindOf(before)} and is ${kindOf(now)}: make a new version of the event`];
  const lost = valuesOf(before).filter((value) => !valuesOf(now).includes(value));
  return [
    ...lost.map((value) => `${at} could be ${value} and cannot any more`),
    ...fieldsChanged(before, now, at),
    ...(before.items === undefined || now.items === undefined ? [] : changed(before.items, now.items, `${at}[]`)),
    ...alternativesOf(before).flatMap((one, index) => {
      const same = alternativesOf(now)[index];
      return same === undefined ? [] : changed(one, same, at);
    }),
  ];
}

function fieldsChanged(before: Shape, now: Shape, at: string): string[] {
  const fields = Object.entries(before.properties ?? {});
  const gone = fields.filter(([name]) => now.properties?.[name] === undefined).map(([name]) => `${at}.${name} is gone: a consumer may read it`);
  const others = fields.flatMap(([name, shape]) => {
    const after = now.properties?.[name];
    return after === undefined ? [] : changed(shape, after, `${at}.${name}`);
  });
  const demanded = (now.required ?? []).filter((name) => before.required?.includes(name) !== true)
    .map((name) => `${at}.${name} is required now: events that were written before do not have it`);
  return [...gone, ...others, ...demanded];
}

const alternativesOf = ({ anyOf = [] }: Shape): readonly Shape[] => anyOf.filter(({ type }) => type !== 'null');
const nullable = ({ anyOf = [], type }: Shape): boolean => anyOf.some((one) => one.type === 'null') || (Array.isArray(type) && type.includes('null'));
const valuesOf = (shape: Shape): string[] => (shape.enum ?? (shape.const === undefined ? [] : [shape.const])).map((value) => JSON.stringify(value));

/** What would be read otherwise. That something may be null now and could not be, too: a consumer reckons with a value. */
function kindOf(shape: Shape): string {
  const alternatives = alternativesOf(shape);
  const own = alternatives.length > 0 ? alternatives.map(kindOf).join(' or ') : plain(shape);
  return nullable(shape) ? `${own} or null` : own;
}

function plain({ type, enum: values, const: only, properties }: Shape): string {
  if (values !== undefined || only !== undefined) return 'one of some values';
  if (properties !== undefined) return 'object';
  return Array.isArray(type) ? type.filter((one) => one !== 'null').join(' or ') : String(type ?? 'any');
}
