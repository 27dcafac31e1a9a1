/** What domains tell each other: CloudEvents from Kafka, the data of every event that there is, live messages between processes. */
import { type Event, type EventType } from '@pms/events/envelope';
import { eventIn, textOf } from '@pms/events/kafka/cloud-event';
import type { Notifications } from '@pms/events/notifications';
import { pgLive } from '@pms/events/pg-peers';
import * as analytics from '@pms/schema/events/analytics';
import * as auth from '@pms/schema/events/auth';
import * as portfolio from '@pms/schema/events/portfolio';
import * as rttm from '@pms/schema/events/rttm';
import * as simulation from '@pms/schema/events/simulation';
import * as tradeCapture from '@pms/schema/events/trade-capture';
import * as transactional from '@pms/schema/events/transactional';
import * as validation from '@pms/schema/events/validation';
import { silent } from '@pms/telemetry/logger';
import fc from 'fast-check';
import { ZodError } from 'zod';
import { mutatedJson, mutatedText } from '../support/mutated.ts';
import { isPolluted } from '../support/odd.ts';
import { must, outcome, target } from '../support/target.ts';

const isType = (value: unknown): value is EventType<unknown> => typeof value === 'object' && value !== null && 'name' in value && 'data' in value;
const types = [analytics, auth, portfolio, rttm, simulation, tradeCapture, transactional, validation].flatMap((module) => Object.values(module as Record<string, unknown>).filter(isType));

const trade = { tradeId: 'trd_1', version: 1, portfolioId: 'prt_1', instrumentId: 'ins_1', side: 'BUY', quantity: '10', price: '12.5', currency: 'USD', tradeDate: '2026-11-20', fees: [{ kind: 'COMMISSION', amount: { amount: '1', currency: 'USD' } }], externalId: null, capturedAt: '2026-11-20T12:00:00Z' };
const sample: Event = { id: 'evt_1', type: 'trade-capture.trade-captured.v1', key: 'prt_1', organizationId: 'org_1', actor: 'usr_1', correlationId: 'req_1', causationId: null, occurredAt: '2026-11-20T12:00:00.000Z', reason: 'because', data: trade, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'a=b' };
const message = textOf('trade-capture', { event: sample, sequence: '42' });

const cloudEvents = target<unknown>({
  name: 'cloud-events', says: 'a message is an event that can be written again, or it is said what of it is none',
  inputs: fc.oneof({ weight: 3, arbitrary: mutatedJson([JSON.parse(message)]) }, { weight: 1, arbitrary: mutatedText([message], ['{', '}', '"', ':', ',', '\\u0000', 'null', '1e999']) }),
  holds(content) {
    const read = outcome(() => eventIn(typeof content === 'string' ? content : JSON.stringify(content) ?? ''), Error);
    must(!isPolluted(), 'no object has what a message put into all of them');
    if ('refused' in read) return must(read.refused.message.startsWith('the message ') && !(read.refused instanceof TypeError), 'it says what is wrong', read.refused.message);
    const { event, sequence } = read.value;
    must([event.id, event.type, event.organizationId, event.actor, event.correlationId].every((text) => typeof text === 'string' && text !== '') && /^\d+$/.test(sequence) && !Number.isNaN(Date.parse(event.occurredAt)), 'an event has its attributes', event);
    const again = eventIn(textOf('trade-capture', read.value));
    must(JSON.stringify(again) === JSON.stringify(read.value), 'written and read again it is the same', again);
  },
  growing: { 'members': (size) => JSON.stringify({ ...JSON.parse(message) as object, data: Object.fromEntries(Array.from({ length: size }, (_, at) => [`k${at}`, at])) }), 'nesting': (size) => message.replace('"data":{', `"data":{"x":${'['.repeat(size)}${']'.repeat(size)},`) },
});

const data = target<readonly [number, unknown]>({
  name: 'event-data', says: 'data fits its type, and then again, or is refused by the path that does not',
  inputs: fc.tuple(fc.nat(types.length - 1), mutatedJson([trade, { ...trade, replaces: 1 }, { portfolioId: 'prt_1', name: 'x', baseCurrency: 'USD' }, {}])),
  holds([at, value]) {
    const type = types[at];
    must(type !== undefined, 'there are types of events');
    const read = outcome(() => type.data.parse(value), ZodError);
    must(!isPolluted(), 'no object has what data put into all of them');
    if ('value' in read) must(JSON.stringify(type.data.parse(read.value)) === JSON.stringify(read.value), 'read again it is the same', read.value);
  },
});

/** Postgres delivers whatever any session of the database sends on the channel. */
const live = target<unknown>({
  name: 'live-messages', says: 'what another session sends is heard or passed over, and ends nothing',
  inputs: fc.oneof(mutatedJson([{ from: 'other', topic: 'quotes/ins_1', message: { last: '1' } }]), mutatedText(['{"from":"other","topic":"t","message":1}'], ['{', '}', '"', ','])),
  async holds(content) {
    let hear: (payload: string) => void = () => {};
    const between: Notifications = { send: () => {}, hear: (_, listener) => { hear = listener; }, lock: () => Promise.resolve(true), close: () => Promise.resolve() };
    const channel = pgLive(between, silent);
    hear(typeof content === 'string' ? content : JSON.stringify(content) ?? '');
    await channel.close();
  },
});

export const events = [cloudEvents, data, live];
