/** One POST on a pool of connections and its whole answer as text: bounded in time and bytes, given up at once when its signal aborts. */
import type { Dispatcher } from 'undici';
import { NoAnswer } from './transport.ts';

export interface Outgoing {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Bounds {
  readonly timeoutMs: number;
  readonly bytesMax: number;
  readonly signal: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** The way there failed, before there was an answer: another connection may fare better. */
const AGAIN = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_CLOSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** Rejects with NoAnswer, or with the signal's reason. */
export function exchange(pool: Dispatcher, { path, headers, body }: Outgoing, { timeoutMs, bytesMax, signal }: Bounds): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    let request: Dispatcher.DispatchController | undefined;
    let over = false;
    const end = (settle: () => void): void => {
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', gone);
      settle();
    };
    /** The connection goes with it: whatever still comes on it belongs to nobody. */
    const giveUp = (reason: Error): void => {
      if (over) return;
      end(() => reject(reason));
      request?.abort(reason);
    };
    const gone = (): void => giveUp(signal?.reason as Error);
    const timer = setTimeout(() => giveUp(new NoAnswer(`no answer within ${timeoutMs} ms`)), timeoutMs);
    if (signal?.aborted === true) return gone();
    signal?.addEventListener('abort', gone, { once: true });

    const received = collected(bytesMax, giveUp);
    pool.dispatch({ method: 'POST', path, headers, body, headersTimeout: 0, bodyTimeout: 0 }, {
      onRequestStart(controller) {
        request = controller;
        if (over) controller.abort(new NoAnswer('nobody waits for it any longer'));
      },
      onResponseStart: (_, status, given) => received.start(status, given),
      onResponseData: (_, chunk) => received.take(chunk),
      onResponseEnd() {
        if (!over) end(() => resolve(received.answer()));
      },
      onResponseError(_, error) {
        if (!over) end(() => reject(failure(error)));
      },
    });
  });
}

function collected(bytesMax: number, giveUp: (reason: Error) => void) {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let status = 0;
  let headers: HttpAnswer['headers'] = {};
  return {
    start(code: number, given: HttpAnswer['headers']): void {
      status = code;
      headers = given;
      if (Number(given['content-length'] ?? 0) > bytesMax) giveUp(tooLarge(bytesMax));
    },
    take(chunk: Buffer): void {
      bytes += chunk.length;
      if (bytes > bytesMax) giveUp(tooLarge(bytesMax));
      else chunks.push(chunk);
    },
    answer(): HttpAnswer {
      const [only] = chunks;
      return { status, headers, text: (only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks)).toString('utf8') };
    },
  };
}

const tooLarge = (bytesMax: number): NoAnswer => new NoAnswer(`the answer is larger than ${bytesMax} bytes`);

function failure(error: Error): NoAnswer {
  const code = 'code' in error ? String(error.code) : '';
  return new NoAnswer(error.message === '' ? code : error.message, { again: AGAIN.has(code) });
}
