/** Identifiers: a kind's prefix and a UUIDv7 in base 32 (TypeID), so that they sort by the time they were made. */
import { TypeID, typeid } from 'typeid-js';

export const newId = (kind: string): string => typeid(kind).toString();

/** Milliseconds since the epoch at which the id was made; null for text that is not such an id. */
export function madeAt(id: string): number | null {
  try {
    return Number.parseInt(TypeID.fromString(id).toUUID().replaceAll('-', '').slice(0, 12), 16);
  } catch {
    return null;
  }
}
