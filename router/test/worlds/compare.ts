/** Asks the router and one schema of graphql-js the same, and says where they differ. */
import { execute, parse } from 'graphql';
import { isDeepStrictEqual } from 'node:util';
import type { Engine } from '../../src/engine.ts';
import { standardLimits } from '../../src/security/limits.ts';
import { ask, contextOf, type Reply } from '../federation.ts';
import { DEFERS, type RandomOperation } from './operations.ts';
import type { World } from './world.ts';

/** More by the environment: DIFFERENTIAL_OPERATIONS per world and planner, DIFFERENTIAL_WORLDS, and from DIFFERENTIAL_SEED on. */
export const SEED = Number(process.env['DIFFERENTIAL_SEED'] ?? 1);
export const WORLDS = Number(process.env['DIFFERENTIAL_WORLDS'] ?? 10);
export const OPERATIONS = Number(process.env['DIFFERENTIAL_OPERATIONS'] ?? 75);

/** What the router would otherwise refuse before it can be wrong. */
export const unlimited = {
  ...standardLimits, depthMax: 100, heightMax: 10_000, aliasesMax: 1_000, rootFieldsMax: 100, directivesMax: 1_000, fieldsMax: 100_000, tokensMax: 100_000, costMax: Infinity,
};

const plain = (value: unknown): Reply => JSON.parse(JSON.stringify(value)) as Reply;

export async function wholeReply({ whole, restart }: World, { query, variables }: RandomOperation): Promise<Reply> {
  restart();
  return plain(await execute({ schema: whole, document: parse(query.replaceAll(DEFERS, '')), variableValues: variables }));
}

/** `null` for an operation that no planner could plan right: refused, never answered wrong. */
export const routerReply = async (engine: Engine, { restart }: World, { query, variables }: RandomOperation): Promise<Reply | null> => {
  restart();
  return unlessRefused(() => ask(engine, query, variables));
};

async function unlessRefused(answer: () => Promise<Reply>): Promise<Reply | null> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof Error && UNPLANNED.test(error.message)) return null;
    throw error;
  }
}

const UNPLANNED = /^the plan asks |^Failed to plan|^the planner died|planning time|^We should have an edge|^Cannot /;

interface Part { readonly path: readonly (string | number)[]; readonly data: unknown; readonly errors?: Reply['errors'] }

/** The answer in parts, put together as a client does. */
export const mergedReply = async (engine: Engine, { restart }: World, { query, variables }: RandomOperation): Promise<Reply | null> => {
  restart();
  const operation = engine.prepare(query, undefined);
  const coerced = engine.variables(operation, variables);
  return unlessRefused(async () => {
    let reply: Reply = {};
    for await (const { text } of engine.executeInParts(await engine.variant(operation, null, true, coerced), coerced, contextOf())) {
      const { hasNext: _, incremental, ...first } = JSON.parse(text) as Reply & { readonly hasNext: boolean; readonly incremental?: readonly Part[] };
      if ('data' in first) reply = first;
      for (const { path, data } of incremental ?? []) putAt(reply.data, path, data);
    }
    return reply;
  });
};

function putAt(root: unknown, path: Part['path'], data: unknown): void {
  const place = path.reduce<unknown>((value, key) => (value as Record<string | number, unknown>)[key], root);
  mergeInto(place as Record<string, unknown>, data as Record<string, unknown>);
}

function mergeInto(into: Record<string, unknown>, from: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(from)) {
    const present = into[key];
    if (present !== null && typeof present === 'object' && value !== null && typeof value === 'object') mergeInto(present as Record<string, unknown>, value as Record<string, unknown>);
    else into[key] = value;
  }
}

/** How to see it again. */
export const about = (seed: number, number: number, { query, variables }: RandomOperation): string =>
  `world ${seed}, operation ${number} (DIFFERENTIAL_SEED=${seed} DIFFERENTIAL_WORLDS=1): ${query} ${JSON.stringify(variables)}`;

export const same = (one: unknown, other: unknown): boolean => isDeepStrictEqual(one, other);

/** Where an error became visible: the null that its path runs into. Faults below one null are one fault to a client. */
function nullAt(data: unknown, path: readonly (string | number)[]): string {
  let value = data;
  for (const [index, key] of path.entries()) {
    if (value === null || typeof value !== 'object') return JSON.stringify(path.slice(0, index));
    value = (value as Record<string | number, unknown>)[key];
  }
  return JSON.stringify(path);
}

export const faultsOf = ({ data, errors = [] }: Reply): readonly string[] => [...new Set(errors.map(({ path }) => nullAt(data, path ?? [])))].toSorted((left, right) => left.localeCompare(right));

/** Equal, but for nulls of ours where the other has something. */
export function nothingWrong(ours: unknown, theirs: unknown): boolean {
  if (ours === null) return true;
  if (typeof ours !== 'object' || theirs === null || typeof theirs !== 'object') return ours === theirs;
  const keys = Object.keys(theirs);
  return Object.keys(ours).length === keys.length
    && keys.every((key) => nothingWrong((ours as Record<string, unknown>)[key], (theirs as Record<string, unknown>)[key]));
}
