/**
 * The names under which an answer is found again when something changes: `Product:7` for an entity that names itself in
 * it, `Product:*` where some do not (or stand in a list), `Product` for any of the type, and cache tags.
 */
import { valueFromASTUntyped } from 'graphql';
import type { CacheModel } from './model.ts';
import type { Place, Shape } from './shape.ts';
import { EVERYTHING } from './store.ts';

/** What has changed: one entity, all of a type, what carries a cache tag, or nobody knows what. */
export type Invalidation =
  | { readonly typename: string; readonly id?: string }
  | { readonly tag: string }
  | { readonly everything: true };

/** An answer with more entities of one type is found by the type alone. */
const IDS_MAX = 200;

export const ofEntity = (typename: string, id: string): string => `${typename}:${id}`;
const ofOpen = (typename: string): string => `${typename}:*`;
const ofTag = (tag: string): string => `#${tag}`;

export function tagsOf(model: CacheModel, shape: Shape, variables: Readonly<Record<string, unknown>>, data: unknown): readonly string[] {
  const ids = new Map<string, Set<string>>();
  const note = (typename: string, id: unknown): void => {
    if (typeof id !== 'string' && typeof id !== 'number') return;
    const known = ids.get(typename);
    if (known === undefined) ids.set(typename, new Set([String(id)]));
    else known.add(String(id));
  };
  for (const place of shape.places) walk(place, data, note);
  const tags = new Set<string>([...shape.types, ...[...shape.open].map(ofOpen)]);
  for (const { coordinate, node } of shape.called) {
    const given = Object.fromEntries((node.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value, variables)]));
    nameEntities(model, given, note);
    for (const format of model.fieldTags.get(coordinate) ?? [])
      tags.add(ofTag(format.replaceAll(/\{\$args\.([\w.]+)\}/g, (_, path: string) => textOf(at(given, path)))));
  }
  for (const [typename, found] of ids) {
    tags.add(typename);
    if (found.size > IDS_MAX) tags.add(ofOpen(typename));
    else for (const id of found) tags.add(ofEntity(typename, id));
  }
  return [...tags];
}

/** What is to be taken out: an entity is also in answers where it may be without its name. */
export function tagsHit(model: CacheModel | null, change: Invalidation): readonly string[] {
  if ('everything' in change) return [EVERYTHING];
  if ('typename' in change) return change.id === undefined ? [change.typename] : [ofEntity(change.typename, change.id), ofOpen(change.typename)];
  const entities = (model?.entityTags ?? []).flatMap(({ typename, pattern, byKey }) => {
    const found = pattern.exec(change.tag);
    if (found === null) return [];
    return byKey && found[1] !== undefined ? [ofEntity(typename, found[1]), ofOpen(typename)] : [typename];
  });
  return [ofTag(change.tag), ...entities];
}

type Note = (typename: string, id: unknown) => void;

function walk(place: Place, parent: unknown, note: Note): void {
  if (parent === null || typeof parent !== 'object') return;
  if (Array.isArray(parent)) {
    for (const item of parent) walk(place, item, note);
    return;
  }
  visit(place, (parent as Record<string, unknown>)[place.responseKey], note);
}

function visit(place: Place, value: unknown, note: Note): void {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    for (const item of value) visit(place, item, note);
    return;
  }
  if (place.entity !== null) note(place.entity.typename, (value as Record<string, unknown>)[place.entity.key]);
  for (const below of place.below) walk(below, value, note);
}

/** An argument `portfolioId` names a Portfolio, where that is an entity: the answer is about it, whether or not it says so. */
export function nameEntities({ keys }: { readonly keys: { has(typename: string): boolean } }, given: unknown, note: Note): void {
  if (given === null || typeof given !== 'object') return;
  for (const [name, value] of Object.entries(given)) {
    const [, stem] = /^(\w+?)Ids?$/.exec(name) ?? [];
    const typename = stem === undefined ? '' : stem.charAt(0).toUpperCase() + stem.slice(1);
    if (typename !== '' && keys.has(typename)) for (const id of Array.isArray(value) ? value : [value]) note(typename, id);
    nameEntities({ keys }, value, note);
  }
}

const at = (value: unknown, path: string): unknown => path.split('.').reduce<unknown>((inner, key) => (inner !== null && typeof inner === 'object' ? (inner as Record<string, unknown>)[key] : undefined), value);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value) ?? '');
