/** What one request asks to be captured, and what became of it. */
import type { Origin } from '@pms/events/envelope';
import type { CarriedSpan } from '@pms/telemetry/tracing';
import type { Captured, RowResult } from '../domain/capture.ts';
import type { Trade } from '../domain/trade.ts';

export interface Request {
  readonly organizationId: string;
  readonly subject: string;
  readonly origin: Origin;
  /** Of good shape, naming known things; their `index` is the request's. */
  readonly rows: readonly Captured[];
  /** When one of its rows is refused, nothing is written: see NotWhole. Only for a request that is written alone. */
  readonly whole?: boolean | undefined;
  /** What its events carry, where they are not written under the request's own span. */
  readonly trace?: CarriedSpan | undefined;
}

export interface Written {
  /** What was captured. */
  readonly trades: readonly Trade[];
  /** By index. */
  readonly outcomes: ReadonlyMap<number, RowResult>;
}
