/**
 * Drives a session over one socket. What came is worked out in steps; then the numbers and what is handed over are kept, in one
 * commit; only then answers are sent. A process that dies in between has kept nothing or all, and the counterparty sends again what was
 * not counted. Socket and clock take turns: one batch at a time.
 */
import type { Socket } from 'node:net';
import type { Logger } from '@pms/telemetry/logger';
import { type Framer, framer } from './framing.ts';
import { decoded, encoded, type FixMessage } from './message.ts';
import { begun, leaving, received, ticked } from './session.ts';
import type { Numbers, SessionState, SessionTerms, Step } from './state.ts';

/** Where a session's numbers and messages are kept. */
export interface SessionKeeper {
  load(): Promise<Numbers>;
  /** All or nothing; throws where the numbers are not `before` any more: another process has the session. */
  commit(before: Numbers, after: Numbers, messages: readonly FixMessage[]): Promise<void>;
}

export interface Clock {
  now(): number;
  /** Calls back every so often, until the function that it returns is called. */
  every(ms: number, call: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  every(ms, call) {
    const timer = setInterval(call, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};

export interface SessionOptions {
  readonly name: string;
  readonly terms: SessionTerms;
  readonly keeper: SessionKeeper;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told of each message by its direction and type, and when the session is logged on or not. */
  readonly watch: { counted(direction: 'in' | 'out' | 'garbled', type: string): void; loggedOn(is: boolean): void };
}

export interface Connection {
  /** Logs out, and resolves once the connection is closed. */
  leave(): Promise<void>;
  /** Resolves once the connection is closed. */
  readonly closed: Promise<void>;
}

const TICK_MS = 250;
/** A counterparty that does not close its end is cut off. */
const CLOSE_MS_MAX = 5_000;

/** What was read of a socket to find out whose it is. */
export interface Heard {
  readonly frames: Framer;
  readonly texts: readonly string[];
}

export function connection(socket: Socket, options: SessionOptions, heard: Heard = { frames: framer(), texts: [] }): Connection {
  const { name, terms, keeper, clock, logger, watch } = options;
  let state: SessionState | null = null;
  let turn: Promise<void> = Promise.resolve();
  let over = false;
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();

  /** Works in turn; whatever goes wrong ends the connection, and what was not kept comes again. */
  async function worked(earlier: Promise<void>, work: () => Promise<void>): Promise<void> {
    await earlier;
    try {
      if (!over) await work();
    } catch (error) {
      over = true;
      logger.warn({ err: error, session: name }, 'the FIX connection is given up');
      socket.destroy();
    }
  }
  const inTurn = (work: () => Promise<void>): Promise<void> => turn = worked(turn, work);

  async function settle(before: Numbers, steps: readonly Step[]): Promise<void> {
    const last = steps.at(-1);
    if (last === undefined) return;
    const deliver = steps.flatMap((step) => step.deliver);
    const after = last.state.numbers;
    if (deliver.length > 0 || after.nextIn !== before.nextIn || after.nextOut !== before.nextOut) await keeper.commit(before, after, deliver);
    if ((state?.phase === 'ACTIVE') !== (last.state.phase === 'ACTIVE')) watch.loggedOn(last.state.phase === 'ACTIVE');
    state = last.state;
    carryOut(socket, steps, options);
  }

  async function take(texts: readonly string[]): Promise<void> {
    if (state !== null) await settle(state.numbers, stepsOf(terms, state, texts.map((text) => readable(text, options)), clock.now()));
  }

  const stepBy = (step: (of: SessionState) => Step): Promise<void> => inTurn(async () => {
    if (state !== null) await settle(state.numbers, [step(state)]);
  });

  void inTurn(async () => {
    const numbers = await keeper.load();
    const step = begun(terms, numbers, clock.now());
    await settle(numbers, [step]);
    await take(heard.texts);
  });
  const stopTicking = clock.every(TICK_MS, () => void stepBy((of) => ticked(terms, of, clock.now())));
  socket.on('data', (bytes: Buffer) => {
    const texts = heard.frames.take(bytes);
    if (texts.length === 0) return;
    socket.pause(); // so that what waits for its turn is one read at most
    void inTurn(() => take(texts)).finally(() => socket.resume());
  });
  socket.on('error', (error) => logger.info({ session: name, reason: error.message }, 'the FIX connection broke'));
  socket.once('close', () => {
    stopTicking();
    void turn.finally(() => {
      over = true;
      if (state?.phase === 'ACTIVE') watch.loggedOn(false);
      close();
    });
  });
  return {
    closed,
    async leave() {
      await stepBy((of) => leaving(terms, of, clock.now()));
      await closed;
    },
  };
}

function stepsOf(terms: SessionTerms, begin: SessionState, messages: readonly (FixMessage | null)[], now: number): Step[] {
  const steps: Step[] = [];
  for (const message of messages) if (message !== null) steps.push(received(terms, steps.at(-1)?.state ?? begin, message, now));
  return steps;
}

/** Null for a garbled message: the next one shows that its number is missing. */
function readable(text: string, { name, logger, watch }: SessionOptions): FixMessage | null {
  const message = decoded(text);
  if (!('garbled' in message)) {
    watch.counted('in', message.type);
    return message;
  }
  watch.counted('garbled', '');
  logger.warn({ session: name }, `a garbled FIX message was passed over: ${message.garbled}`);
  return null;
}

function carryOut(socket: Socket, steps: readonly Step[], { name, logger, watch }: SessionOptions): void {
  for (const note of steps.flatMap(({ notes }) => notes)) logger.info({ session: name }, note);
  for (const fields of steps.flatMap(({ send }) => send)) {
    watch.counted('out', fields[0]?.[1] ?? '');
    socket.write(Buffer.from(encoded(fields), 'latin1'));
  }
  const reason = steps.at(-1)?.end ?? null;
  if (reason === null) return;
  logger.info({ session: name, reason }, 'the FIX connection ends');
  socket.end();
  setTimeout(() => socket.destroy(), CLOSE_MS_MAX).unref();
}
