/** Progressive `@override(label:)`: which labels a supergraph has, and which of them hold for one request. */
import type { Principal } from '@pms/identity/principal';
import { type DirectiveNode, type DocumentNode, Kind, visit } from 'graphql';

/** Decides the labels that are not `percent(n)`. */
export type OverrideLabels = (label: string, principal: Principal | null) => boolean;

/** In [0, 100): `percent(n)` holds for a request whose number is below n. */
export type OverridePercentage = (principal: Principal | null) => number;

export interface OverrideOptions {
  readonly overrideLabels?: OverrideLabels;
  readonly overridePercentage?: OverridePercentage;
}

export const overrideOptions = ({ overrideLabels, overridePercentage }: OverrideOptions): OverrideOptions => ({
  ...(overrideLabels === undefined ? {} : { overrideLabels }), ...(overridePercentage === undefined ? {} : { overridePercentage }),
});

/** The labels that hold, always in the same order. */
export type ActiveLabels = (principal: Principal | null) => readonly string[];

const HUNDRED = 100;
const PERCENT = /^percent\((\d{1,3}(?:\.\d{1,8})?)\)$/;
const NONE: readonly string[] = [];

/** The n of `percent(n)`; null for any other label. */
export function percentOf(label: string): number | null {
  const found = PERCENT.exec(label)?.[1];
  return found === undefined ? null : Number(found);
}

/** `null` for a supergraph without labels, which is nearly every one. Without a function, a label that is no percentage never holds. */
export function activeLabels(document: DocumentNode, options: OverrideOptions): ActiveLabels | null {
  const labels = [...labelsOf(document)].toSorted();
  if (labels.length === 0) return null;
  const percentage = options.overridePercentage ?? (() => Math.random() * HUNDRED);
  const decide = options.overrideLabels ?? (() => false);
  return (principal) => {
    const drawn = percentage(principal); // once a request: fields with one label move together
    const active = labels.filter((label) => {
      const percent = percentOf(label);
      return percent === null ? decide(label, principal) : drawn < percent;
    });
    return active.length === 0 ? NONE : active;
  };
}

function labelsOf(document: DocumentNode): Set<string> {
  const labels = new Set<string>();
  visit(document, {
    FieldDefinition: ({ directives }) => {
      for (const directive of directives ?? []) {
        const label = directive.name.value === 'join__field' ? labelOf(directive) : null;
        if (label !== null) labels.add(label);
      }
    },
  });
  return labels;
}

function labelOf({ arguments: given }: DirectiveNode): string | null {
  const value = given?.find(({ name }) => name.value === 'overrideLabel')?.value;
  return value?.kind === Kind.STRING ? value.value : null;
}
