/** Fees in other currencies as a commitment keeps them: JSON, amounts as decimal text. */
import { decimal } from '@pms/money';
import type { Charge } from '../domain/book.ts';

export type KeptCharges = readonly { readonly currency: string; readonly cash: string }[];

export const chargesIn = (kept: KeptCharges | null): readonly Charge[] | undefined => kept?.map(({ currency, cash }) => ({ currency, cash: decimal(cash) }));

export const keptCharges = (charges: readonly Charge[] | undefined): string | null =>
  (charges === undefined ? null : JSON.stringify(charges.map(({ currency, cash }) => ({ currency, cash: cash.toFixed() }))));
