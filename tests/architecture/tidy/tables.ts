/** Rules about prisma/<domain>/schema.prisma. */
import type { House, Rule } from './house.ts';

const SHARED_MODELS = ['OutboxEvent', 'OutboxWaiting', 'InboxEvent'];

const schemas = (house: House): [path: string, text: string][] => [...house].filter(([path]) => /^prisma\/[^/]+\/schema\.prisma$/.test(path));

/** The model's lines without its Postgres schema and its comments; null when there is none. */
function model(text: string, name: string): string | null {
  const body = new RegExp(`^model ${name} \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(text)?.[1];
  if (body === undefined) return null;
  const lines = body.split('\n').map((line) => line.replace(/\/\/.*$/, '').replaceAll(/\s+/g, ' ').trim());
  return lines.filter((line) => line !== '' && !line.startsWith('@@schema(')).join('\n');
}

/** The bus reads every domain's outbox with the same statements. Folders without an outbox (the bus itself) are no domain. */
export const sameOutboxAndInbox: Rule = (house) => {
  const domains = schemas(house).filter(([path]) => house.has(path.replace(/^prisma\/([^/]+)\/schema\.prisma$/, 'subgraphs/$1/package.json')));
  return SHARED_MODELS.flatMap((name) => {
    const found = domains.map(([path, text]) => ({ path, body: model(text, name) }));
    const usual = found.find(({ body }) => body !== null);
    return found.flatMap(({ path, body }) => {
      if (body === null) return [`${path} has no model ${name}`];
      return body === usual?.body ? [] : [`${path}: model ${name} differs from the one in ${usual?.path ?? ''}`];
    });
  });
};

/** Ratios are kept as Decimal too: a figure that was rounded once cannot be checked again. */
export const noFloat: Rule = (house) =>
  schemas(house).flatMap(([path, text]) =>
    text.split('\n').flatMap((line, at) => (/^\s+\w+\s+Float\b/.test(line) ? [`${path}:${at + 1} keeps a Float`] : [])));
