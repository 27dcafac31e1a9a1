/** A bill of materials as text: the same for the same components, whenever and wherever it is made, and valid CycloneDX. */
import { createHash } from 'node:crypto';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';

interface Document {
  serialNumber?: string;
  readonly metadata: { timestamp?: string };
  components: readonly { readonly 'bom-ref': string }[];
  dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

/** Without the time of its making; named after its content. What depends on what is told by the lockfile: its maker leaves out now this, now that of it. */
export function inOneOrder(made: string, graph: ReadonlyMap<string, readonly string[]>): string {
  const document = JSON.parse(made) as Document;
  delete document.metadata.timestamp;
  delete document.serialNumber;
  document.components = document.components.toSorted((a, b) => compared(a['bom-ref'], b['bom-ref']));
  document.dependencies = document.dependencies.map(({ ref }) => ({ ref, dependsOn: graph.get(ref) ?? [] })).toSorted((a, b) => compared(a.ref, b.ref));
  const { bomFormat, specVersion, ...rest } = document as Document & Record<string, unknown>;
  return `${JSON.stringify({ bomFormat, specVersion, serialNumber: `urn:uuid:${uuidOf(JSON.stringify(document))}`, ...rest }, null, 2)}\n`;
}

const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A UUID of version 8 (RFC 9562): its bits are a hash’s. */
function uuidOf(content: string): string {
  const bytes = createHash('sha256').update(content).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** What the schema of CycloneDX 1.6 has against it, one sentence each. */
export async function faultsOf(text: string): Promise<readonly string[]> {
  const error = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text);
  return error === null ? [] : Array.isArray(error) ? error.map((one) => JSON.stringify(one)) : [JSON.stringify(error)];
}
