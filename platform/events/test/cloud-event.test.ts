import { eventIn, textOf } from '@pms/events/kafka/cloud-event';
import { expect, test } from 'vitest';
import { fact } from './world.ts';

const sent = (over: Readonly<Record<string, unknown>>): string => JSON.stringify({ ...(JSON.parse(textOf('north', { event: fact('a', 1), sequence: '7' })) as object), ...over });

test('an event is read as it was told, whatever is written in it', () => {
  const told = { ...fact('a', 1), reason: 'because “…” \\u0000 is how one writes it, and 😀 is a pair' };
  expect(eventIn(textOf('north', { event: told, sequence: '7' }))).toMatchObject({ sequence: '7', event: { id: told.id, key: 'a', reason: told.reason } });
});

test('what the database could neither handle nor park is no event, so that it is put aside and nothing waits behind it', () => {
  for (const bad of [{ data: { text: 'a\u0000b' } }, { data: { ['\u0000']: 1 } }, { reason: '\ud83d' }, { subject: 'a\u0000' }])
    expect(() => eventIn(sent(bad)), JSON.stringify(bad)).toThrow('no database stores');
  for (const bad of [{ sequence: '99999999999999999999' }, { sequence: '-1' }, { subject: 'k'.repeat(5_000) }, { id: 'i'.repeat(5_000) }])
    expect(() => eventIn(sent(bad))).toThrow('no CloudEvent of ours');
});

test('an event may be written otherwise than ours are, as long as it is one', () => {
  for (const time of ['2026-11-26T09:00:00Z', '2026-11-26T10:00:00.5+01:00']) expect(eventIn(sent({ time }))).toMatchObject({ event: { key: 'a', occurredAt: time } });
  for (const bad of [{ time: '2026-02-30T09:00:00.000Z' }, { time: 'today' }, { actor: 7 }, { actor: undefined }, { reason: null }, { causationid: '' }, { specversion: '0.3' }])
    expect(() => eventIn(sent(bad)), JSON.stringify(bad)).toThrow('no CloudEvent of ours');
});
