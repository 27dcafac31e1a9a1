/** Told when a signal aborts. Each signal has one listener however many are told: a listener of its own would cost each request to a subgraph more than its time-out does. */
const told = new WeakMap<AbortSignal, Set<() => void>>();

/** `call` is called at most once, and not at all after `offAbort`. A signal that has aborted already calls nobody. */
export function onAbort(signal: AbortSignal, call: () => void): void {
  const known = told.get(signal);
  if (known !== undefined) {
    known.add(call);
    return;
  }
  const calls = new Set([call]);
  told.set(signal, calls);
  signal.addEventListener('abort', () => {
    for (const one of calls) one();
    calls.clear();
  }, { once: true });
}

export function offAbort(signal: AbortSignal, call: () => void): void {
  told.get(signal)?.delete(call);
}
