/** How answers that come one after another are written on one HTTP response: as server-sent events, or as parts. */
import { subscriptionParts } from '../http/multipart.ts';
import type { SubscriptionEvent } from './subscribe.ts';

export interface Framing {
  readonly via: 'sse' | 'multipart';
  readonly contentType: string;
  /** Before the first answer. */
  readonly open: string;
  event(event: SubscriptionEvent): string;
  /** The operation itself is answered by these errors and nothing else; `errors` is JSON. */
  refused(errors: string): string;
  /** The stream cannot go on, whatever the operation; `errors` is JSON. */
  broken(errors: string): string;
  /** Keeps proxies from closing a stream on which nothing happens. */
  readonly heartbeat: string;
  /** After the last answer: a client then knows that nothing was lost. */
  readonly end: string;
}

/** What an id may not hold: it would end its line, and others could follow that a source made up. */
const BREAKS = /[\r\n\0]/;

const answeredBy = (errors: string): string => `event: next\ndata: {"errors":${errors}}\n\n`;

/** "Distinct connections" of the GraphQL over SSE protocol. */
export const serverSentEvents: Framing = {
  via: 'sse', contentType: 'text/event-stream; charset=utf-8', open: '',
  event: ({ text, id }) => (id === null || BREAKS.test(id) ? `event: next\ndata: ${text}\n\n` : `id: ${id}\nevent: next\ndata: ${text}\n\n`),
  refused: answeredBy,
  broken: answeredBy,
  heartbeat: ':\n\n', end: 'event: complete\ndata:\n\n',
};

/** The multipart protocol that Apollo's clients speak. It has no place for the id of an event. */
export const multipartSubscription: Framing = {
  via: 'multipart', contentType: subscriptionParts.contentType, open: subscriptionParts.open,
  event: ({ text }) => subscriptionParts.part(`{"payload":${text}}`),
  refused: (errors) => subscriptionParts.part(`{"payload":{"errors":${errors}}}`),
  broken: (errors) => subscriptionParts.part(`{"payload":null,"errors":${errors}}`),
  heartbeat: subscriptionParts.part('{}'), end: subscriptionParts.end,
};
