/**
 * An event as a Kafka message: a CloudEvent 1.0 in structured mode (JSON), keyed by its aggregate. What CloudEvents has no attribute for are extension
 * attributes, with names in small letters and digits as its specification asks; `sequence` is the place among what its publisher wrote.
 */
import { z } from 'zod';
import type { Event } from '../envelope.ts';
import { isWritten } from '../moment.ts';

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

type CloudEvent = z.output<typeof cloudEvent>;

const NAMES = ['id', 'type', 'source', 'organizationid', 'actor', 'correlationid'] as const;
const TEXTS = ['datacontenttype', 'reason', 'traceparent', 'tracestate'] as const;
const isName = (value: unknown): boolean => typeof value === 'string' && value.length > 0 && value.length <= NAME_CHARACTERS_MAX;
const isTextOrAbsent = (value: unknown): boolean => value === undefined || typeof value === 'string';
const isMoment = (value: unknown): boolean => typeof value === 'string' && isWritten(value);
const isPlace = (value: unknown): boolean => typeof value === 'string' && SEQUENCE.test(value);

/** Whether it is as our own relays write it, which costs a tenth of asking the schema; what is not may still be an event, which the schema says. */
function isPlain(read: unknown): read is CloudEvent {
  if (typeof read !== 'object' || read === null) return false;
  const event = read as Readonly<Record<keyof CloudEvent, unknown>>;
  if (event.specversion !== SPEC_VERSION || !isPlace(event.sequence) || !isMoment(event.time)) return false;
  return (event.subject === '' || isName(event.subject)) && (event.causationid === undefined || isName(event.causationid)) && NAMES.every((attribute) => isName(event[attribute])) && TEXTS.every((attribute) => isTextOrAbsent(event[attribute]));
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
  return sequencedOf(isPlain(read) ? read : checked(read));
}

function checked(read: unknown): CloudEvent {
  const parsed = cloudEvent.safeParse(read);
  if (!parsed.success) throw new Error(`the message is no CloudEvent of ours: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}`);
  return parsed.data;
}

function sequencedOf({ id, type, subject, organizationid, actor, reason, correlationid, causationid, time, data, sequence, traceparent, tracestate }: CloudEvent): Sequenced {
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
