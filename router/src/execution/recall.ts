/**
 * What an execution asked and was told, with the answer that came of it. The next one like it asks the subgraphs the same again; where each says the
 * same, byte for byte, its answer is the same too, and nothing of it is read, merged or written a second time. Nothing is ever older than the subgraphs'
 * own answers: what is saved is the work, not the asking. Only plans of queries, and only answers without errors.
 */
import { LRUCache } from 'lru-cache';
import type { SubgraphResult } from '../dial/transport.ts';
import type { EntityFetch, PlanNode, RootFetch } from '../planner/plan.ts';

export type Fetch = RootFetch | EntityFetch;

/** One request of an execution, and the body of its answer. */
export interface Exchanged {
  /** Names it among all. */
  readonly id: number;
  readonly variablesText: string;
  readonly bytes: Buffer;
}

/** What an execution asks and is told, while it runs. */
export interface Recorder {
  readonly exchanges: Map<Fetch, Exchanged[]>;
  /** Whether every answer came with its bytes and without errors. */
  whole: boolean;
  bytes: number;
}

export interface Recording<Answer> {
  readonly exchanges: ReadonlyMap<Fetch, readonly Exchanged[]>;
  readonly answer: Answer;
  readonly bytes: number;
}

/** Requests that were sent already, by what they asked. */
export type Sent = Map<Fetch, Map<string, Promise<SubgraphResult>>>;

export interface Replay {
  readonly exchanges: ReadonlyMap<Fetch, readonly Exchanged[]>;
  readonly sent: Sent;
}

/** A subgraph says something else than it did: the answer has to be worked out. */
export class AnswersChanged extends Error {
  override readonly name = 'AnswersChanged';
}

export const newRecorder = (): Recorder => ({ exchanges: new Map(), whole: true, bytes: 0 });

let lastId = 0;

export function record(recorder: Recorder, fetch: Fetch, variablesText: string, { bytes, errors }: SubgraphResult): void {
  if (bytes === undefined || errors !== undefined) recorder.whole = false;
  if (bytes === undefined || !recorder.whole) return;
  const exchanged = { id: lastId += 1, variablesText, bytes };
  const known = recorder.exchanges.get(fetch);
  if (known === undefined) recorder.exchanges.set(fetch, [exchanged]);
  else known.push(exchanged);
  recorder.bytes += bytes.length + variablesText.length;
}

/** Takes what was sent while the answers were still the same; each is taken once. */
export function takeSent(sent: Sent, fetch: Fetch, variablesText: string): Promise<SubgraphResult> | undefined {
  const of = sent.get(fetch);
  const found = of?.get(variablesText);
  if (found !== undefined) of?.delete(variablesText);
  return found;
}

/** Of one operation with its variables. */
export interface Remembered<Answer> {
  readonly recording: Recording<Answer> | null;
  /** Whether the next execution is worth recording. */
  due(): boolean;
  keep(recorder: Recorder, answer: Answer, answerBytes: number): void;
  same(): void;
  /** What was recorded is so no longer. */
  changed(recording: Recording<Answer>): void;
}

export interface Recall<Answer> {
  /** Null where nothing may be recorded. */
  of(operation: object, node: PlanNode | undefined, variables: Readonly<Record<string, unknown>>): Remembered<Answer> | null;
}

interface Entry<Answer> {
  recording: Recording<Answer> | null;
  /** Executions until one is recorded. */
  wait: number;
  /** How often in a row what was recorded had changed before it was of use. */
  changes: number;
}

const ENTRIES_MAX = 10_000;
const ENTRY_BYTES = 256;
const VARIABLES_CHARACTERS_MAX = 4_096;
/** Answers that change each time are recorded once in 2, 4, 8 … executions, and at least once in this many. */
const WAIT_MAX = 64;

export function recallOf<Answer>({ bytesMax, outcome }: { readonly bytesMax: number; readonly outcome: (outcome: 'same' | 'changed') => void }): Recall<Answer> {
  // What an entry takes is worked out anew only for another value: so each change puts a holder of its own.
  const entries = new LRUCache<string, { readonly entry: Entry<Answer> }>({
    max: ENTRIES_MAX, maxSize: bytesMax, sizeCalculation: ({ entry: { recording } }, key) => ENTRY_BYTES + key.length + (recording?.bytes ?? 0),
  });
  const numbers = new WeakMap<object, number>();
  let last = 0;
  /** 0 for an operation that changes something. */
  const numberOf = (operation: object, node: PlanNode | undefined): number => {
    let number = numbers.get(operation);
    if (number === undefined) numbers.set(operation, number = node !== undefined && onlyReads(node) ? last += 1 : 0);
    return number;
  };
  const remembered = (key: string, entry: Entry<Answer>): Remembered<Answer> => ({
    recording: entry.recording,
    due() {
      if (entry.wait === 0) return true;
      entry.wait -= 1;
      return false;
    },
    keep({ exchanges, bytes, whole }, answer, answerBytes) {
      if (!whole || entry.recording !== null) return;
      entry.recording = { exchanges, answer, bytes: bytes + answerBytes };
      entries.set(key, { entry });
    },
    same() {
      entry.changes = 0;
      outcome('same');
    },
    changed(recording) {
      outcome('changed');
      if (entry.recording !== recording) return; // another has seen it
      entry.recording = null;
      entry.changes += 1;
      entry.wait = Math.min(WAIT_MAX, 2 ** entry.changes);
      entries.set(key, { entry });
    },
  });
  return {
    of(operation, node, variables) {
      const number = numberOf(operation, node);
      if (number === 0) return null;
      const text = JSON.stringify(variables);
      if (text.length > VARIABLES_CHARACTERS_MAX) return null;
      const key = `${number}\n${text}`;
      let known = entries.get(key);
      // What is asked once only is not worth keeping.
      if (known === undefined) entries.set(key, known = { entry: { recording: null, wait: 1, changes: 0 } });
      return remembered(key, known.entry);
    },
  };
}

function onlyReads(node: PlanNode): boolean {
  switch (node.kind) {
    case 'root':
    case 'entities': return node.operationKind === 'query';
    case 'sequence':
    case 'parallel': return node.nodes.every(onlyReads);
    case 'condition': return [node.then, node.otherwise].every((one) => one === undefined || onlyReads(one));
    case 'defer': return false;
  }
}
