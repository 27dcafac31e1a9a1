/** What a process has written itself is handed over out of its memory: only what its relays carry, in the rows in which it waits, and within a bound. */
import { justWritten } from '@pms/events/kafka/just-written';
import type { Written } from '@pms/events/recent';
import { expect, test } from 'vitest';
import { fact } from './world.ts';

const written = (seq: number, row: number, type?: string): Written => {
  const event = fact('a', seq, type);
  return { event, data: JSON.stringify(event.data), seq: String(seq), row: String(row) };
};

test('a row is there with all that waits in it until it was handed over, and none that the relays here do not carry', () => {
  const own = justWritten((publisher) => publisher === 'north');
  const [first, second, third, other] = [written(1, 1), written(2, 2), written(3, 1), written(1, 1, 'south.counted.v1')];
  own.keep([first, second, third, other]);
  expect([own.find('north', '1', first.event.id), own.find('north', '2', second.event.id), own.find('south', '1', other.event.id)]).toEqual([[first, third], [second], null]);
  own.forget('north', ['1']);
  expect([own.find('north', '1', first.event.id), own.find('north', '2', second.event.id)]).toEqual([null, [second]]);
});

test('a row of which the number came again with other events is not what was kept', () => {
  const own = justWritten(() => true);
  own.keep([written(1, 1)]);
  expect(own.find('north', '1', written(1, 1).event.id)).toBeNull();
});

test('what is never handed over makes room for what is newer', () => {
  const all = [1, 2, 3].map((value) => written(value, value));
  const own = justWritten(() => true, all[0]!.data.length * 2);
  own.keep(all);
  expect(all.map(({ event, row }) => own.find('north', row, event.id) !== null)).toEqual([false, true, true]);
});
