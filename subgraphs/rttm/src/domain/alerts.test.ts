/** When a rule raises. */
import { decimal } from '@pms/money';
import { expect, test } from 'vitest';
import { alertMessage, judge, type WatchedRule } from './alerts.ts';

const now = new Date('2026-11-20T15:00:00Z');
const rule = (changes: Partial<WatchedRule> = {}): WatchedRule => ({
  id: 'alr_1', organizationId: 'org_1', instrumentId: 'ins_1', condition: 'ABOVE', threshold: decimal('100'), createdAt: now,
  symbol: 'AAPL', currency: 'USD', armed: true, lastRaisedAt: null, ...changes,
});

test('a rule raises when its condition comes true, and not at the threshold itself', () => {
  expect(judge(rule(), decimal('100'), now)).toBe('NOTHING');
  expect(judge(rule(), decimal('100.01'), now)).toBe('RAISE');
  expect(judge(rule({ condition: 'BELOW' }), decimal('99.99'), now)).toBe('RAISE');
});

test('while the condition keeps holding nothing more is raised, and once it is untrue the rule is armed again', () => {
  const raised = rule({ armed: false, lastRaisedAt: new Date('2026-11-20T12:00:00Z') });
  expect(judge(raised, decimal('101'), now)).toBe('NOTHING');
  expect(judge(raised, decimal('99'), now)).toBe('REARM');
});

test('a price that dances on the threshold raises again only after a minute', () => {
  expect(judge(rule({ lastRaisedAt: new Date('2026-11-20T14:59:30Z') }), decimal('101'), now)).toBe('NOTHING');
  expect(judge(rule({ lastRaisedAt: new Date('2026-11-20T14:59:00Z') }), decimal('101'), now)).toBe('RAISE');
});

test('the message says what happened', () => {
  expect(alertMessage(rule(), decimal('101.5'))).toBe('AAPL is at 101.5 USD, above 100');
});
