/** Talks to the inspector of a process that was started with `--inspect=127.0.0.1:0`: its profiler and its heap. */
import { readFileSync } from 'node:fs';

const CALL_MS_MAX = 120_000;

export interface Inspector {
  call<T>(method: string, params?: Readonly<Record<string, unknown>>): Promise<T>;
  close(): void;
}

export const inspectable = ['--inspect=127.0.0.1:0'] as const;

/** `log` is where the process says its address. */
export async function inspectorOf(log: string): Promise<Inspector> {
  const address = /Debugger listening on (ws:\S+)/.exec(readFileSync(log, 'utf8'))?.[1];
  if (address === undefined) throw new Error(`no inspector is told of in ${log}`);
  const socket = new WebSocket(address);
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let last = 0;
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(String(data)) as { id?: number; result?: unknown; error?: { message: string } };
    const one = id === undefined ? undefined : waiting.get(id);
    if (id === undefined || one === undefined) return;
    waiting.delete(id);
    if (error === undefined) one.resolve(result);
    else one.reject(new Error(error.message));
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error(`the inspector at ${address} cannot be reached`)));
  });
  return {
    call: <T>(method: string, params: Readonly<Record<string, unknown>> = {}) => new Promise<T>((resolve, reject) => {
      const id = (last += 1);
      const late = setTimeout(() => reject(new Error(`${method} was not answered`)), CALL_MS_MAX);
      waiting.set(id, {
        resolve: (result) => {
          clearTimeout(late);
          resolve(result as T); // whoever asks knows what the method answers
        },
        reject,
      });
      socket.send(JSON.stringify({ id, method, params }));
    }),
    close: () => socket.close(),
  };
}
