/** The height of an operation: its different fields at their different places, whatever they are called and however often they are written. */
import { type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';

/** A selection set, with the fragments that it stands in: one that stands in itself is refused by validation, and goes no further here. */
interface Place { readonly set: SelectionSetNode; readonly within: ReadonlySet<string> }

/** What is below each field of a place, by the field's name in the schema. */
type Fields = Map<string, Place[]>;
type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** Counts no further than one past the limit: fragments that contain each other, which validation will refuse, have no end. */
export function heightOf(set: SelectionSetNode, fragments: Fragments, heightMax: number): number {
  const counting = { height: 0, heightMax };
  countAt([{ set, within: new Set() }], fragments, counting);
  return counting.height;
}

function countAt(places: readonly Place[], fragments: Fragments, counting: { height: number; readonly heightMax: number }): void {
  const fields: Fields = new Map();
  const written = new Set<string>();
  for (const place of places) collect(place, { fragments, fields, written });
  for (const below of fields.values()) {
    if (counting.height > counting.heightMax) return;
    counting.height += 1;
    if (below.length > 0) countAt(below, fragments, counting);
  }
}

/** `written` holds the fragments that have been written out at this place: a second time adds nothing. */
interface Collecting { readonly fragments: Fragments; readonly fields: Fields; readonly written: Set<string> }

function collect({ set, within }: Place, collecting: Collecting): void {
  const { fragments, fields, written } = collecting;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      const name = selection.name.value;
      if (name.startsWith('__')) continue;
      const below = fields.get(name) ?? [];
      fields.set(name, below);
      if (selection.selectionSet !== undefined) below.push({ set: selection.selectionSet, within });
    } else if (selection.kind === Kind.INLINE_FRAGMENT) collect({ set: selection.selectionSet, within }, collecting);
    else {
      const name = selection.name.value;
      const fragment = fragments.get(name);
      if (fragment === undefined || within.has(name) || written.has(name)) continue;
      written.add(name);
      collect({ set: fragment.selectionSet, within: new Set(within).add(name) }, collecting);
    }
  }
}
