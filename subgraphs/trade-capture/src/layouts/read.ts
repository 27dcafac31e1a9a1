/** The door to the layouts: a file's bytes or text, and the name of a layout or a mapping, become rows to book. */
import { decodeText } from '@pms/tables/decode';
import { type Mapping, MappingError, parseMapping } from './mapping.ts';
import { type ImportFile, readCsv, type ReadOptions } from './read-csv.ts';
import { readOfx } from './read-ofx.ts';
import { shippedMappings } from './shipped.ts';

export { MappingError } from './mapping.ts';
export type { ImportFile, ReadOptions } from './read-csv.ts';
export { foreignCosts } from '../domain/import-plan.ts';
export { importKinds, type ImportRow, type RowProblem } from '../domain/import-row.ts';

/** OFX, or a CSV with its mapping. */
export type Layout = { readonly kind: 'OFX' } | { readonly kind: 'CSV'; readonly mapping: Mapping };

export const layoutNames = (): string[] => [...shippedMappings().keys(), 'ofx'];

/** Throws MappingError for a name that no layout has. */
export function layoutNamed(name: string): Layout {
  if (name.toLowerCase() === 'ofx') return { kind: 'OFX' };
  const mapping = shippedMappings().get(name.toLowerCase());
  if (mapping === undefined) throw new MappingError(`there is no layout ${JSON.stringify(name.slice(0, 40))}; there are ${layoutNames().join(', ')}, and mappings of your own`);
  return { kind: 'CSV', mapping };
}

/** Throws MappingError, which says what is wrong and where. */
export const layoutOf = (mappingJson: string): Layout => ({ kind: 'CSV', mapping: parseMapping(mappingJson) });

export const readText = (text: string, layout: Layout, options: ReadOptions): ImportFile =>
  (layout.kind === 'OFX' ? readOfx(text, options) : readCsv(text, layout.mapping, options));

export const readBytes = (bytes: Uint8Array, layout: Layout, options: ReadOptions): ImportFile =>
  readText(decodeText(bytes, layout.kind === 'OFX' ? ofxEncoding(bytes) : layout.mapping.encoding), layout, options);

const HEADER_BYTES = 1_000;

/** As the header says; both versions have one. */
function ofxEncoding(bytes: Uint8Array): string {
  const head = new TextDecoder('iso-8859-1').decode(bytes.subarray(0, HEADER_BYTES));
  return /CHARSET:\s*1252|encoding="(?:windows-1252|cp1252)"/i.test(head) ? 'windows-1252' : /CHARSET:\s*8859-1|encoding="iso-8859-1"/i.test(head) ? 'iso-8859-1' : 'utf-8';
}
