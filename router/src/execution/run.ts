/** What one execution of a plan carries along: the data so far, the errors so far, and who asks. */
import type { RequestContext, SubgraphError, Transport } from '../dial/transport.ts';
import type { Naming } from './naming.ts';
import type { Recorder, Replay, Sent } from './recall.ts';

export type Data = Record<string, unknown>;
export type ResponsePath = readonly (string | number)[];

/** An error as the client sees it. */
export interface ClientError {
  readonly message: string;
  readonly path?: ResponsePath;
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** A part of a running operation; its errors are told with it. */
export interface RunningPart {
  readonly errors: ClientError[];
  readonly done: Promise<void>;
}

/** What the deferred parts of one execution wait for. */
export interface Deferring {
  readonly parts: Map<string, RunningPart>;
  /** Resolves when a fetch has come back. */
  arrival(id: string): { readonly promise: Promise<void>; resolve(): void };
}

export interface Run {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly data: Data;
  readonly errors: ClientError[];
  readonly context: RequestContext;
  /** Objects of `data` that stand in several places of it. */
  shared?: Set<object>;
  /** Only where parts of the answer are deferred. */
  readonly deferring?: Deferring;
  /** Only where what is asked and told is recorded. */
  readonly recorder?: Recorder;
  /** Only where an earlier execution is repeated: nothing goes into `data`. */
  readonly replay?: Replay;
  /** What was sent by a repetition that found changes. */
  readonly sent?: Sent;
}

/** Decides what of a subgraph's error the client may see; logs the rest. */
export type Report = (error: SubgraphError, service: string, path: ResponsePath | undefined, context: RequestContext) => ClientError;

export type FetchOutcome = 'ok' | 'errors' | 'unavailable';

/** What a compiled plan stands on; the same for all requests on one supergraph. */
export interface Environment {
  readonly transport: (service: string) => Transport;
  /** Whether an object that says it is `typename` satisfies a type condition. */
  readonly isA: (typename: string, condition: string) => boolean;
  readonly naming: Naming;
  /** Interfaces that some subgraph knows as an object (`@interfaceObject`). */
  readonly interfaceObjects: ReadonlySet<string>;
  readonly report: Report;
  readonly fetched: (service: string, seconds: number, outcome: FetchOutcome) => void;
}

export type Step = (run: Run) => Promise<void>;

export const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value);
