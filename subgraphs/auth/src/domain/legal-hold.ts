/** A reason, in law, not to erase somebody: while it stands no erasure and no retention rule touches them. */
import { invalid } from '@pms/errors';

export interface LegalHold {
  readonly id: string;
  readonly organizationId: string;
  readonly personId: string;
  readonly reason: string;
  readonly placedBy: string;
  readonly placedAt: Date;
  readonly releasedBy: string | null;
  readonly releasedAt: Date | null;
}

const REASON_CHARACTERS_MAX = 1_000;

/** Trimmed. Throws INVALID for nothing, and for a novel. */
export function reasoned(reason: string): string {
  const text = reason.trim();
  if (text === '' || text.length > REASON_CHARACTERS_MAX) throw invalid(`a reason has 1 to ${REASON_CHARACTERS_MAX} characters`, 'reason');
  return text;
}
