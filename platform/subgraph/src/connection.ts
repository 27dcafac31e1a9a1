/** Relay connections by keyset: a page is read by the last row's sort key, so that it costs the same however deep it lies. */
import { badInput } from '@pms/errors';

export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

export interface Page {
  /** Rows to read: one more than the page holds, to know whether there are more. */
  readonly limit: number;
  readonly size: number;
  /** Read in reverse order, starting before the cursor. */
  readonly backward: boolean;
  /** The sort key of the row to start behind; null for the start (or the end). */
  readonly from: readonly string[] | null;
}

export interface Connection<Node> {
  readonly edges: readonly { readonly node: Node; readonly cursor: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly startCursor: string | null; readonly endCursor: string | null };
}

const PAGE_SIZE = 50;
const PAGE_SIZE_MAX = 500;

/** Throws BAD_USER_INPUT for a size outside 0 to 500, a cursor that is not ours, and `first` together with `last`. */
export function pageOf({ first, after, last, before }: PageArgs): Page {
  if (first != null && last != null) throw badInput('ask for `first` or for `last`, not for both');
  const size = first ?? last ?? PAGE_SIZE;
  if (!Number.isInteger(size) || size < 0 || size > PAGE_SIZE_MAX) throw badInput(`a page holds 0 to ${PAGE_SIZE_MAX} entries`);
  const cursor = last == null ? after : before;
  return { limit: size + 1, size, backward: last != null, from: cursor == null ? null : decode(cursor) };
}

/** `rows` as read for the page (at most `limit`, in reading order); `keyOf` gives a row's sort key. */
export function connectionOf<Node>(rows: readonly Node[], page: Page, keyOf: (row: Node) => readonly string[]): Connection<Node> {
  const more = rows.length > page.size;
  const kept = rows.slice(0, page.size);
  const edges = (page.backward ? kept.toReversed() : kept).map((node) => ({ node, cursor: encode(keyOf(node)) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: page.backward ? page.from !== null : more,
      hasPreviousPage: page.backward ? more : page.from !== null,
      startCursor: edges[0]?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

const encode = (key: readonly string[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

function decode(cursor: string): readonly string[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(key) && key.every((part) => typeof part === 'string')) return key;
  } catch { /* refused below, like every other text that is no cursor */ }
  throw badInput('the cursor is not one that this list gave out');
}
