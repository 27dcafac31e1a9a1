/** What an event becomes in the audit trail: an action in a word, and the ids of everything it is about. */

/** `trade-capture.trade-captured.v1` is TRADE_CAPTURED. */
export const actionOf = (type: string): string => (type.split('.')[1] ?? type).replaceAll('-', '_').toUpperCase();

/** More are not listed; the event's data holds them all. */
const SUBJECTS_MAX = 64;

/** The event's key, and every text under a name that ends in Id or Ids. What the counterparty calls a thing is no id of ours. */
export function subjectsOf(key: string, data: unknown): readonly string[] {
  const found = new Set([key]);
  collect(data, '', found);
  return [...found].slice(0, SUBJECTS_MAX);
}

function collect(value: unknown, name: string, found: Set<string>): void {
  if (typeof value === 'string') {
    if (/Ids?$/.test(name) && name !== 'externalId') found.add(value);
  } else if (Array.isArray(value)) {
    for (const one of value) collect(one, name, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [member, one] of Object.entries(value)) collect(one, member, found);
  }
}
