/** Equal entities at one place become one object, and nothing else does. */
import { expect, test } from 'vitest';
import type { PathSegment } from '../planner/plan.ts';
import { type CompiledGroup, gather } from './gather.ts';
import { compileRequired } from './represent.ts';
import type { Data, Run } from './run.ts';

const field = (name: string): PathSegment => ({ kind: 'field', name });
const list: PathSegment = { kind: 'list' };
const isA = (typename: string, condition: string): boolean => typename === condition;

function groupAt(paths: readonly (readonly PathSegment[])[], unified = true): CompiledGroup {
  const requires = ['__typename', 'id'].map((name) => ({ kind: 'field', from: name, to: name }) as const);
  const group = { responseKey: '_entities', variable: 'representations', paths, requires, inputRewrites: [], outputRewrites: [], contextRewrites: [] };
  return { group, represent: compileRequired(requires, isA), rewriteInput: () => {}, rewriteOutput: () => {}, shareable: unified, unified };
}

const author = (id: string, more: Data = {}): Data => ({ __typename: 'User', id, ...more });
const running = (data: Data): Run => ({ variables: {}, data, errors: [], context: { principal: null, token: null, correlationId: 'test' } });
const environment = { isA } as Parameters<typeof gather>[2];

test('an entity that occurs again with the same content is one object from then on', () => {
  const reviews: { author: Data }[] = [{ author: author('1') }, { author: author('2') }, { author: author('1') }];
  const run = running({ reviews });
  const { representations, targets } = gather(groupAt([[field('reviews'), list, field('author')]]), run, environment);
  expect(representations).toEqual([author('1'), author('2')]);
  expect(targets.map(({ length }) => length)).toEqual([1, 1]);
  expect(reviews[2]?.author).toBe(reviews[0]?.author);
  expect(run.shared).toEqual(new Set([reviews[0]?.author]));
});

test('the same entity with other content stays apart, deep down as well', () => {
  const reviews = [{ author: author('1', { seen: [{ at: 1 }] }) }, { author: author('1', { seen: [{ at: 2 }] }) }];
  const run = running({ reviews });
  const { targets } = gather(groupAt([[field('reviews'), list, field('author')]]), run, environment);
  expect(targets).toEqual([[reviews[0]?.author, reviews[1]?.author]]);
  expect(reviews[1]?.author).not.toBe(reviews[0]?.author);
  expect(run.shared).toBeUndefined();
});

test('at two places of the plan it stays two objects: each may be given something else', () => {
  const data = { author: author('1'), editor: author('1') };
  const { representations, targets } = gather(groupAt([[field('author')], [field('editor')]]), running(data), environment);
  expect([representations.length, targets[0]?.length]).toEqual([1, 2]);
  expect(data.editor).not.toBe(data.author);
});

test('where the plan says so, equal objects stay apart', () => {
  const reviews = [{ author: author('1') }, { author: author('1') }];
  const { targets } = gather(groupAt([[field('reviews'), list, field('author')]], false), running({ reviews }), environment);
  expect(targets[0]).toHaveLength(2);
});

test('what is one object already is looked into once', () => {
  const shared = author('1', { friends: [author('2'), author('3')] });
  const run = { ...running({ reviews: [{ author: shared }, { author: shared }] }), shared: new Set([shared]) };
  const { representations, targets } = gather(groupAt([[field('reviews'), list, field('author'), field('friends'), list]]), run, environment);
  expect([representations.length, targets.map(({ length }) => length)]).toEqual([2, [1, 1]]);
});
