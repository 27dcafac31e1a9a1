/**
 * Runs FIX sessions over the trade-capture domain: what they receive is kept together with their numbers, and made trades of, at once and again every
 * second, so that what was parked and is replayed, or was left by a process that died, is taken up. The mapping is read again when its file changes.
 */
import { statSync } from 'node:fs';
import { type Clock, type SessionOptions, systemClock } from '@pms/fix/connection';
import { accept, type Address, type Endpoint, initiate } from '@pms/fix/endpoint';
import { TAG, valueOf } from '@pms/fix/message';
import type { Principal } from '@pms/identity/principal';
import type { Logger } from '@pms/telemetry/logger';
import { counter, gauge } from '@pms/telemetry/metrics';
import type { DropCopy } from '@pms/trade-capture';
import { fixSettings, type FixSessionSettings, type FixSettings } from './fix-settings.ts';

const messages = counter('pms_fix_messages_total', 'Messages of FIX sessions by direction and type', ['session', 'direction', 'type']);
const up = gauge('pms_fix_session_up', 'Whether a FIX session is logged on', ['session']);

const HANDLE_EVERY_MS = 1_000;
/** Types that are counted by name: a counterparty may send any. */
const TYPES: ReadonlySet<string> = new Set(['0', '1', '2', '3', '4', '5', 'A', 'j', '8', 'AE']);

export interface FixOptions {
  readonly settings: FixSettings;
  readonly dropCopy: DropCopy;
  readonly principal: () => Promise<Principal>;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Where the mapping is read from when it has changed; not at all unless given. */
  readonly reread?: () => FixSettings | null;
}

export interface FixSessions {
  /** Of acceptors, in the order of the settings; 0 for initiators. */
  readonly ports: readonly number[];
  close(): Promise<void>;
}

/** Throws where the principal cannot be had, or a port is taken. */
export async function openFixSessions({ settings, dropCopy, principal, logger, clock = systemClock, reread = () => null }: FixOptions): Promise<FixSessions> {
  const { organizationId } = await principal();
  let mappings: readonly FixSessionSettings[] = settings.sessions;
  const working = new Map<string, Promise<void>>();

  async function handle(name: string): Promise<void> {
    try {
      mappings = reread()?.sessions ?? mappings;
      const mapping = mappings.find((one) => one.name === name);
      if (mapping === undefined) return;
      for (let handled = 1; handled > 0;) handled = await dropCopy.handle(await principal(), name, mapping);
    } catch (error) {
      logger.warn({ err: error, session: name }, 'what a FIX session received could not be handled, and is tried again');
    }
  }
  /** One at a time for a session, so that messages are handled in their order. */
  async function inTurn(earlier: Promise<void> | undefined, name: string): Promise<void> {
    await earlier;
    await handle(name);
  }
  const soon = (name: string): Promise<void> => {
    const next = inTurn(working.get(name), name);
    working.set(name, next);
    return next;
  };

  const optionsOf = ({ name, terms }: FixSessionSettings): SessionOptions => {
    const session = { organizationId, name };
    return {
      name, terms, clock, logger,
      keeper: {
        load: () => dropCopy.numbers(session),
        async commit(before, after, received) {
          await dropCopy.receive(session, { before, after, messages: received.map((message) => ({ sequence: Number(valueOf(message, TAG.MsgSeqNum)), type: message.type, raw: message.raw })) });
          if (received.length > 0) void soon(name);
        },
      },
      watch: {
        counted: (direction, type) => messages.inc({ session: name, direction, type: TYPES.has(type) ? type : 'other' }),
        loggedOn(is) {
          up.set({ session: name }, is ? 1 : 0);
          dropCopy.loggedOn(session, is).catch((error: unknown) => logger.warn({ err: error, session: name }, 'the state of a FIX session could not be kept'));
        },
      },
    };
  };
  const endpoints = await opened(settings.sessions, optionsOf, logger);
  const pending = new Set<string>();
  const timer = setInterval(() => {
    for (const { name } of settings.sessions.filter((session) => !pending.has(session.name))) {
      pending.add(name);
      void soon(name).finally(() => pending.delete(name));
    }
  }, HANDLE_EVERY_MS);
  return {
    ports: settings.sessions.map((session) => endpoints.get(placeOf(session))?.port ?? 0),
    async close() {
      clearInterval(timer);
      await Promise.all([...new Set(endpoints.values())].map((endpoint) => endpoint.close()));
      await Promise.all(working.values());
    },
  };
}

/** Acceptors at one address share it. */
const placeOf = ({ name, terms, address }: FixSessionSettings): string => (terms.role === 'ACCEPTOR' ? `${address.host}:${String(address.port)}` : name);

async function opened(sessions: readonly FixSessionSettings[], optionsOf: (session: FixSessionSettings) => SessionOptions, logger: Logger): Promise<Map<string, Endpoint>> {
  const endpoints = new Map<string, Endpoint>();
  try {
    for (const [place, at] of Map.groupBy(sessions, placeOf)) {
      const [first] = at as [FixSessionSettings, ...FixSessionSettings[]];
      const { address }: { readonly address: Address } = first;
      endpoints.set(place, first.terms.role === 'ACCEPTOR' ? await accept(address, at.map(optionsOf), logger) : initiate(address, optionsOf(first)));
    }
    return endpoints;
  } catch (error) {
    await Promise.all([...endpoints.values()].map((endpoint) => endpoint.close()));
    throw error;
  }
}

/** Gives the settings anew once the file has changed; null until then. A file that cannot be used is told, and what held before holds on. */
export function rereading(file: string, secrets: ReadonlyMap<string, string>, logger: Logger): () => FixSettings | null {
  const changedAt = (): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  let read = changedAt();
  return () => {
    const now = changedAt();
    if (now === read) return null;
    read = now;
    try {
      return fixSettings(file, secrets);
    } catch (error) {
      logger.error({ err: error }, 'the changed FIX settings cannot be used');
      return null;
    }
  };
}
