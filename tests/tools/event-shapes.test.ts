/** Which changes of an event are refused: those that an event already written, or a consumer not yet updated, could not bear. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { incompatibilities, type Released, type Shape } from '../../scripts/gen/event-shapes.ts';

const before = { id: z.string(), side: z.enum(['BUY', 'SELL']), note: z.string().nullable(), fees: z.array(z.object({ amount: z.string() })), late: z.boolean().optional() };
const of = (shape: z.ZodRawShape): Released => ({ 'one.told.v1': z.toJSONSchema(z.object(shape), { io: 'input' }) as Shape });
const found = (now: z.ZodRawShape): string[] => incompatibilities(of(before), of(now));
const { side: _, ...withoutSide } = before;

test('the same, an optional field more, a default, another value more and another event more are allowed', () => {
  expect(found(before)).toEqual([]);
  expect(found({ ...before, more: z.string().optional(), most: z.string().nullable().default(null), side: z.enum(['BUY', 'SELL', 'SHORT']) })).toEqual([]);
  expect(incompatibilities(of(before), { ...of(before), 'two.told.v1': { type: 'object' } })).toEqual([]);
});

test.each<[string, z.ZodRawShape, string]>([
  ['a field that is gone', withoutSide, 'one.told.v1.side is gone: a consumer may read it'],
  ['a field of another type', { ...before, id: z.number() }, 'one.told.v1.id was string and is number: make a new version of the event'],
  ['a field that may be null now', { ...before, id: z.string().nullable() }, 'one.told.v1.id was string and is string or null: make a new version of the event'],
  ['a field that is demanded now', { ...before, late: z.boolean() }, 'one.told.v1.late is required now: events that were written before do not have it'],
  ['a new field that is demanded', { ...before, more: z.string() }, 'one.told.v1.more is required now: events that were written before do not have it'],
  ['a value that is gone', { ...before, side: z.enum(['BUY']) }, 'one.told.v1.side could be "SELL" and cannot any more'],
  ['a field within a list that is gone', { ...before, fees: z.array(z.object({})) }, 'one.told.v1.fees[].amount is gone: a consumer may read it'],
])('%s is refused by name', (_name, now, sentence) => {
  expect(found(now)).toEqual([sentence]);
});

test('an event that is gone is refused by name', () => {
  expect(incompatibilities(of(before), {})).toEqual(['one.told.v1 is gone: events of it may still be on their way']);
});
