/** Arrays as Postgres reads them. Bulk statements carry tens of thousands of values in arrays; the driver's own way escapes each of them, whether it has to or not. */

const ESCAPED = /["\\]/;

/** The literal of an array of texts, numbers, booleans and nulls; null for an array that holds anything else, which is left to the driver. */
export function arrayText(values: readonly unknown[]): string | null {
  let text = '{';
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at];
    if (at > 0) text += ',';
    if (typeof value === 'string') text += ESCAPED.test(value) ? `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` : `"${value}"`;
    else if (value === null || value === undefined) text += 'NULL';
    else if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') text += String(value);
    else return null;
  }
  return `${text}}`;
}
