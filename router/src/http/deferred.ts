/** Answers an operation with `@defer` as `multipart/mixed; deferSpec=20220824`: what Apollo's clients ask for. */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Answer } from '../operation/answer.ts';
import { deferredParts } from './multipart.ts';
import { taken } from './taken.ts';

/** Whatever fails after the first part ends the answer before its last part, which the client sees. */
export async function writeParts(response: ServerResponse, headers: OutgoingHttpHeaders, first: Answer, parts: AsyncGenerator<Answer>): Promise<void> {
  response.writeHead(200, { ...headers, 'content-type': deferredParts.contentType });
  await write(response, deferredParts.open + deferredParts.part(first.text));
  try {
    for await (const { text } of parts) {
      if (response.destroyed) return;
      await write(response, deferredParts.part(text));
    }
    response.end(deferredParts.end);
  } catch {
    response.destroy();
  }
}

async function write(response: ServerResponse, text: string): Promise<void> {
  if (!response.write(text)) await taken(response);
}
