/**
 * An event as a Kafka message: a CloudEvent 1.0 in structured mode (JSON), keyed by its aggregate. What CloudEvents has no attribute for are extension
 * attributes, with names in small letters and digits as its specification asks; `sequence` is the place among what its publisher wrote.
 */
import { z } from 'zod';
import type { Event } from '../envelope.ts';

export const CONTENT_TYPE = 'application/cloudevents+json; charset=UTF-8';
const SPEC_VERSION = '1.0';

/** What is kept of an event goes into indexes of the database, which take no longer keys; what could not even be parked would hold up its partition for ever. */
const NAME_CHARACTERS_MAX = 500;
const SEQUENCE = /^\d{1,16}$/; // times the number of publishers it is a position, which is a bigint
const name = z.string().min(1).max(NAME_CHARACTERS_MAX);

const cloudEvent = z.object({
  specversion: z.literal(SPEC_VERSION), id: name, type: name, source: name, subject: z.string().max(NAME_CHARACTERS_MAX), time: z.iso.datetime({ offset: true }),
  datacontenttype: z.string().optional(), data: z.unknown(),
  organizationid: name, actor: name, reason: z.string().optional(), correlationid: name, causationid: name.optional(),
  sequence: z.string().regex(SEQUENCE), traceparent: z.string().optional(), tracestate: z.string().optional(),
});

export interface Sequenced {
  readonly event: Event;
  /** A whole number, as text. */
  readonly sequence: string;
}

export const sourceOf = (publisher: string): string => `/pms/${publisher}`;

/** `dataText` is the event's data as JSON, where somebody has it so: it is neither read nor written again. */
export function textOf(publisher: string, { event, sequence }: Sequenced, dataText = JSON.stringify(event.data)): string {
  const { id, type, key, organizationId, actor, reason, correlationId, causationId, occurredAt, traceparent, tracestate } = event;
  const attributes = JSON.stringify({
    specversion: SPEC_VERSION, id, type, source: sourceOf(publisher), subject: key, time: occurredAt, datacontenttype: 'application/json',
    organizationid: organizationId, actor, reason, correlationid: correlationId, causationid: causationId ?? undefined, sequence, traceparent, tracestate,
  });
  return `${attributes.slice(0, -1)},"data":${dataText}}`;
}

/** Throws an Error that says what is wrong with a text that is no CloudEvent of ours. */
export function eventIn(text: string): Sequenced {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw new Error('the message is not JSON');
  }
  if (text.includes('\\u') && holdsUnstorable(read)) throw new Error('the message holds text that no database stores: a character of code 0, or half of a pair');
  const parsed = cloudEvent.safeParse(read);
  if (!parsed.success) throw new Error(`the message is no CloudEvent of ours: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}`);
  const { id, type, subject, organizationid, actor, reason, correlationid, causationid, time, data, sequence, traceparent, tracestate } = parsed.data;
  return {
    sequence,
    event: {
      id, type, key: subject, organizationId: organizationid, actor, reason, correlationId: correlationid, causationId: causationid ?? null, occurredAt: time, data,
      ...(traceparent === undefined ? {} : { traceparent, tracestate }),
    },
  };
}

/** Such characters come only as escapes. */
function holdsUnstorable(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed();
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, within]) => holdsUnstorable(key) || holdsUnstorable(within));
}
