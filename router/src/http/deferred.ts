/** Answers an operation with `@defer` as `multipart/mixed; deferSpec=20220824`: what Apollo's clients ask for. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Answer } from '../operation/answer.ts';
import { deferredParts } from './multipart.ts';

const ACCEPTS = /(?:^|,)\s*multipart\/mixed\s*;[^,]*\bdeferSpec\s*=\s*"?20220824"?/i;

export const acceptsDeferred = (accept: string | undefined): boolean => accept !== undefined && ACCEPTS.test(accept);

/** Whatever fails after the first part ends the answer before its last part, which the client sees. */
export async function writeParts(response: ServerResponse, headers: Readonly<Record<string, string>>, first: Answer, parts: AsyncGenerator<Answer>): Promise<void> {
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
  if (!response.write(text)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
}
