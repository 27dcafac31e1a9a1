/** Which of the media types that GraphQL answers in the client prefers. */
export const JSON_TYPE = 'application/json; charset=utf-8';
export const GRAPHQL_TYPE = 'application/graphql-response+json; charset=utf-8';

export type Answers = 'graphql' | 'json' | 'event-stream' | 'html' | 'none';

interface Range { readonly type: string; readonly quality: number }

const KNOWN: Readonly<Record<string, Answers>> = {
  'application/graphql-response+json': 'graphql', 'application/json': 'json', 'text/event-stream': 'event-stream', 'text/html': 'html',
  '*/*': 'json', 'application/*': 'json', 'text/*': 'event-stream',
};

/** What a client that says nothing, or `*\/*`, gets is plain JSON: it may be older than the other type. */
export function negotiate(accept: string | undefined): readonly Answers[] {
  if (accept === undefined || accept.trim() === '') return ['json'];
  return ranges(accept).flatMap(({ type }) => KNOWN[type] ?? []);
}

function ranges(accept: string): Range[] {
  return accept.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
  }).filter(({ quality }) => quality > 0)
    .toSorted((left, right) => right.quality - left.quality);
}
