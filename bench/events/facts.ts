/** Events as a booked trade tells of them: the same ones for the outbox and, as texts, for Kafka alone. */
import { type Event } from '@pms/events/envelope';
import { newId } from '@pms/events/ids';
import { CONTENT_TYPE, textOf } from '@pms/events/kafka/cloud-event';
import { nowMs } from './messages.ts';

export const PUBLISHER = 'trade-capture';
export const CONSUMER = 'leaderboard';
export const TYPE = 'trade-capture.bench-told.v1';
const KEYS = 1_000;

export interface Fact { readonly paced: boolean; readonly writtenAt: number; readonly [more: string]: unknown }

/** About as large as what is told of a captured trade. */
export const fact = (number: number, paced: boolean): Event<Fact> => ({
  id: newId('evt'), type: TYPE, key: `prt_${String(number % KEYS)}`, organizationId: 'org_01kb2c3d4e5f6g7h8j9k0m1n2p', actor: 'usr_01kb2c3d4e5f6g7h8j9k0m1n2p', correlationId: 'req_01kb2c3d4e5f6g7h8j9k0m1n2p',
  causationId: null, occurredAt: new Date().toISOString(),
  data: {
    paced, writtenAt: nowMs(), tradeId: newId('trd'), portfolioId: `prt_${String(number % KEYS)}`, version: 1, side: 'BUY', instrumentId: 'ins_01kb2c3d4e5f6g7h8j9k0m1n2p', quantity: '100', price: '187.25',
    currency: 'USD', tradeDate: '2026-11-20', fees: [{ kind: 'COMMISSION', amount: { amount: '1.50', currency: 'USD' } }], externalId: `bench-${String(number)}`,
  },
});

/** The same message to the byte, its header included. */
export const factText = (number: number, paced: boolean): { key: string; value: string; headers: Record<string, string> } => {
  const event = fact(number, paced);
  return { key: event.key, value: textOf(PUBLISHER, { event, sequence: String(number) }), headers: { 'content-type': CONTENT_TYPE } };
};
