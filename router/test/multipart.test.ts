/** What a client of multipart answers reads out of the parts. */
import { meros } from 'meros/browser';
import { expect, test } from 'vitest';
import { deferredParts, type PartWriter, subscriptionParts } from '../src/http/multipart.ts';
import { serverSentEvents } from '../src/subscriptions/framing.ts';

async function read(writer: PartWriter, chunks: readonly string[]): Promise<unknown[]> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
  const found: unknown[] = [];
  const parts = await meros(new Response(body, { headers: { 'content-type': writer.contentType } }));
  if (parts instanceof Response) throw new Error('it was not read as parts');
  for await (const { json, body: part } of parts) found.push(json ? part : 'not JSON');
  return found;
}

test.each([['a subscription', subscriptionParts], ['@defer', deferredParts]])('the parts of %s arrive as they were written', async (_, writer) => {
  const values = [{}, { payload: { data: { text: '--graphql\r\n---' } } }, { payload: null }];
  const parts = values.map((value) => writer.part(JSON.stringify(value)));
  expect(await read(writer, [writer.open, ...parts, writer.end])).toEqual(values);
  expect(await read(writer, [writer.open + parts.join('') + writer.end])).toEqual(values);
  expect(await read(writer, [...(writer.open + parts.join('') + writer.end)])).toEqual(values);
});

test('the id of an event that would break its line is left out', () => {
  expect(serverSentEvents.event({ text: '{}', id: '7' })).toBe('id: 7\nevent: next\ndata: {}\n\n');
  for (const id of ['7\ndata: {"made":"up"}', '7\r', '\0']) expect(serverSentEvents.event({ text: '{}', id })).toBe('event: next\ndata: {}\n\n');
});
