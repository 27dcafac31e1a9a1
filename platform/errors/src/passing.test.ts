import { expect, test } from 'vitest';
import { isPassing } from './passing.ts';

const coded = (code: string): Error => Object.assign(new Error('as the database says it'), { code });

test('what goes away by itself passes: no room, a database that ends or is not reached, a lock that another has', () => {
  for (const code of ['53100', '53200', '57P01', '57P03', '08006', '40001', '55P03', '25006', 'ECONNREFUSED', 'P1001']) expect(isPassing(coded(code)), code).toBe(true);
  for (const message of ['Query read timeout', 'Connection terminated unexpectedly', 'timeout exceeded when trying to connect']) expect(isPassing(new Error(message)), message).toBe(true);
});

test('what somebody has to mend does not: a broken rule of the database, a statement that takes too long, a refusal', () => {
  for (const code of ['23505', '42703', '22P02', '57014', 'P2002', 'NOT_FOUND', 'ERR_INVALID_ARG_TYPE']) expect(isPassing(coded(code)), code).toBe(false);
  for (const other of [new Error('the ledger is closed'), null, undefined, 'text']) expect(isPassing(other)).toBe(false);
});

test('is found in what caused the error, as Prisma wraps it', () => {
  expect(isPassing(new Error('the change failed', { cause: coded('53100') }))).toBe(true);
  expect(isPassing(Object.assign(new Error('raw query failed'), { code: 'P2010', meta: { driverAdapterError: { name: 'DriverAdapterError', cause: { originalCode: '53100' } } } }))).toBe(true);
  expect(isPassing(Object.assign(new Error('raw query failed'), { code: 'P2010', meta: { driverAdapterError: { name: 'DriverAdapterError', cause: { kind: 'ConnectionClosed' } } } }))).toBe(true);
});
