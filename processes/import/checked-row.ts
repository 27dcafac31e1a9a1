/** A good row of a file, with what would become of it. */
import type { ImportRow } from '@pms/trade-capture/layouts';

export interface CheckedRow {
  readonly row: ImportRow;
  readonly outcome: 'BOOK' | 'DUPLICATE' | 'CASH';
  readonly bookedBy: string | null;
  readonly instrumentId: string | null;
  /** What it brings to the portfolio's cash; negative for what it takes. */
  readonly cashEffect: { readonly amount: string; readonly currency: string };
}
