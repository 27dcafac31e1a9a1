/** The schema of ticks, and what a subscription to them asks for. */
import { type DocumentNode, Kind } from 'graphql';

export const ticksSdl = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
type Query { ticking: Boolean }
type Subscription { tick: Tick! }
type Tick { at: String! symbol: String! last: Float! }`;

export const ticksQuery = 'subscription Ticks { tick { at symbol last } }';

const values: Readonly<Record<string, string>> = { symbol: '"PMS"', last: '101.25', __typename: '"Tick"' };

/** Under which key the tick goes, and its text for a moment. */
export function ticksField({ definitions: [operation] }: DocumentNode): { readonly key: string; fields(at: string): string } {
  const field = operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet.selections[0] : undefined;
  if (field?.kind !== Kind.FIELD) throw new Error('a subscription to ticks has one field');
  const asked = (field.selectionSet?.selections ?? []).flatMap((selection) => (selection.kind === Kind.FIELD ? [[selection.alias?.value ?? selection.name.value, selection.name.value] as const] : []));
  return { key: field.alias?.value ?? field.name.value, fields: (at) => `{${asked.map(([key, name]) => `${JSON.stringify(key)}:${name === 'at' ? `"${at}"` : (values[name] ?? 'null')}`).join(',')}}` };
}
