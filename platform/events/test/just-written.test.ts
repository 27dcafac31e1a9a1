/** What a process has written itself is handed over out of its memory: only what its relays carry, and within a bound. */
import { justWritten } from '@pms/events/kafka/just-written';
import type { Told } from '@pms/events/recent';
import { expect, test } from 'vitest';
import { fact } from './world.ts';

const told = (value: number, type?: string): Told => {
  const event = fact('a', value, type);
  return { event, data: JSON.stringify(event.data) };
};

test('an event is there until it was handed over, and none that the relays here do not carry', () => {
  const written = justWritten((type) => type.startsWith('north.'));
  const [own, other] = [told(1), told(2, 'south.counted.v1')];
  written.keep([own, other]);
  expect([written.find(own.event.id), written.find(own.event.id), written.find(other.event.id)]).toEqual([own, own, null]);
  written.forget([own.event.id, other.event.id]);
  expect(written.find(own.event.id)).toBeNull();
});

test('what is never handed over makes room for what is newer', () => {
  const all = [1, 2, 3].map((value) => told(value));
  const written = justWritten(() => true, all[0]!.data.length * 2);
  written.keep(all);
  expect(all.map(({ event }) => written.find(event.id) !== null)).toEqual([false, true, true]);
});
