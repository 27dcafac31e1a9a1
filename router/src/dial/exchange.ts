/** One POST on a kept-alive connection and its whole answer: bounded in time and bytes, given up at once when its signal aborts. */
import { ConnectionLost } from '../wire/connection.ts';
import type { Content } from '../wire/response-body.ts';
import type { Connections } from '../wire/connections.ts';
import { offAbort, onAbort } from './on-abort.ts';
import { NoAnswer } from './transport.ts';

export interface Bounds {
  readonly timeoutMs: number;
  readonly bytesMax: number;
  readonly signal: AbortSignal | undefined;
}

export interface Request {
  /** Head and body. */
  readonly text: string;
  readonly ascii: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly content: Content;
}

/** The way there failed, before there was an answer: another connection may fare better. */
const AGAIN = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'CONNECT_TIMEOUT', 'CLOSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** Rejects with NoAnswer, or with the signal's reason. */
export function exchange(connections: Connections, { text: request, ascii }: Request, { timeoutMs, bytesMax, signal }: Bounds): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason as Error);
    const end = (): void => {
      clearTimeout(timer);
      if (signal !== undefined) offAbort(signal, gone);
    };
    /** The connection goes with it: whatever still comes on it belongs to nobody. */
    const giveUp = (reason: Error): void => {
      end();
      abandon();
      reject(reason);
    };
    const gone = (): void => giveUp(signal?.reason as Error);
    const timer = setTimeout(() => giveUp(new NoAnswer(`no answer within ${timeoutMs} ms`)), timeoutMs);
    if (signal !== undefined) onAbort(signal, gone);
    const abandon = connections.send(request, {
      bytesMax,
      answered({ status, headers }, content) {
        end();
        resolve({ status, headers, content });
      },
      failed(error) {
        end();
        reject(failure(error));
      },
    }, ascii ? 'latin1' : 'utf8');
  });
}

const failure = (error: Error): NoAnswer =>
  new NoAnswer(error.message, { again: error instanceof ConnectionLost && AGAIN.has(error.code) });
