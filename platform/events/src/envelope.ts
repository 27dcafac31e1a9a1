/**
 * What travels between domains: a fact, who caused it, and when (the attributes of a CloudEvent, with ours added).
 * Payloads are JSON; money is a decimal string. An event is never changed: a new shape is a new version in the name.
 */
import { isDecimalText } from '@pms/money';
import { z } from 'zod';

export interface EventType<Data> {
  /** `<publishing domain>.<fact>.v<n>`, for example `trade-capture.trade-captured.v1`. */
  readonly name: string;
  readonly data: z.ZodType<Data>;
}

/** Whence a change comes; made from the request, or from the event that caused it. */
export interface Origin {
  readonly organizationId: string;
  /** `usr_…`, `svc_…`, or `system:<domain>` for what the platform does by itself. */
  readonly actor: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** Why, in the actor's words, where they gave a reason. */
  readonly reason?: string | undefined;
}

export interface Event<Data = unknown> extends Origin {
  readonly id: string;
  readonly type: string;
  /** The aggregate that the fact is about: events with one key are delivered in order. Trade events: the portfolio's id. */
  readonly key: string;
  /** RFC 3339, UTC. */
  readonly occurredAt: string;
  readonly data: Data;
  /** W3C trace context of the change that it tells of; absent where that is not recorded. */
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

export interface EventMaker {
  readonly origin: Origin;
  newId(kind: string): string;
  now(): Date;
}

export function defineEvent<Shape extends z.ZodRawShape>(name: `${string}.${string}.v${number}`, shape: Shape): EventType<z.output<z.ZodObject<Shape>>> {
  const data = z.object(shape);
  const parse = data.parse.bind(data);
  return { name, data: Object.assign(data, { parse: (value: unknown, params?: Parameters<typeof parse>[1]) => (wasParsedBy(value, data) ? value : parse(value, params)) }) };
}

/** Marks data that a schema has made. Copies do not have it: they may be anything. */
const PARSED_BY = Symbol('parsed by');

const wasParsedBy = <Data>(value: unknown, schema: z.ZodType<Data>): value is Data =>
  typeof value === 'object' && value !== null && (value as { readonly [PARSED_BY]?: unknown })[PARSED_BY] === schema;

/** What a process has made itself, it need not check again each time that it hears it. */
const marked = <Data>(data: Data, schema: z.ZodType<Data>): Data =>
  (typeof data === 'object' && data !== null ? Object.defineProperty(data, PARSED_BY, { value: schema }) : data);

/** A new event; throws ZodError when the data does not fit the type, before anything is written. */
export function event<Data>(type: EventType<Data>, key: string, data: Data, { origin, newId, now }: EventMaker): Event<Data> {
  return { ...origin, id: newId('evt'), type: type.name, key, occurredAt: now().toISOString(), data: marked(type.data.parse(data), type.data) };
}

/** The origin of what a domain does in reaction to an event. */
export const causedBy = (cause: Event, domain: string): Origin => ({
  organizationId: cause.organizationId, actor: `system:${domain}`, correlationId: cause.correlationId, causationId: cause.id, reason: cause.reason,
});

/** The domain that publishes a type. */
export const publisherOf = (type: string): string => type.slice(0, type.indexOf('.'));

/** A decimal as events carry it. */
export const decimalText = z.string().refine(isDecimalText, 'not a decimal');
export const dateText = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
export const currencyText = z.string().regex(/^[A-Z]{3}$/);
export const moneyShape = z.object({ amount: decimalText, currency: currencyText });

