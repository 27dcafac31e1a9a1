/** Turns a business refusal into the payload's `userErrors`; everything else that is thrown stays thrown. */
import { Refusal, type UserErrorCode } from '@pms/errors';

export interface UserError {
  readonly code: UserErrorCode;
  readonly message: string;
  readonly path: readonly string[];
}

export type Payload<T> = { readonly [K in keyof T]: T[K] | null } & { readonly userErrors: readonly UserError[] };

/** `fields` names the payload's fields, which are null when the work was refused. */
export async function payload<T extends object>(fields: readonly (keyof T)[], work: () => Promise<T>): Promise<Payload<T>> {
  try {
    return { ...(await work()), userErrors: [] };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, message, path } = error;
    return { ...Object.fromEntries(fields.map((field) => [field, null])), userErrors: [{ code, message, path }] } as unknown as Payload<T>;
  }
}
