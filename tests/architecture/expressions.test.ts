/** Regular expressions: none in the product can be made slow by what it is given, or it is known why nothing does. */
import { isSafe } from 'redos-detector';
import { parseAst } from 'vite';
import { expect, test } from 'vitest';
import { isCode, isTest, ourHouse } from './tidy/house.ts';

/** Ways to match one text: few enough that the work stays in proportion. */
const SCORE_MAX = 100;
const STEPS_MAX = 20_000;
const EXPRESSIONS_MIN = 100;
const PRODUCT = /^(platform|router\/src|subgraphs|processes|schema|prisma)\//;

/** By file and text: why it is not slow. What is read there is bounded, is ours, or is read once from its beginning. */
const known: Readonly<Record<string, string>> = {
  'platform/tables/src/cells.ts: ^([+-]?)(.*)$': 'a cell of at most 100 characters',
  'platform/tables/src/cells.ts: 0+$': 'a cell of at most 100 characters',
  'platform/tables/src/cells.ts:  as of (.+)$': 'a cell of at most 100 characters',
  'platform/tables/src/csv.ts: "[^"]*"': 'each quote is the end of the one before it: only the last has none',
  "platform/telemetry/src/sql.ts: '(?:[^']|'')*'|\\$(\\w*)\\$[\\s\\S]*?\\$\\1\\$": 'statements of ours',
  'platform/telemetry/src/sql.ts: \\b(?:from|into|update|join)\\s+"?(\\w+)"?\\s*\\.\\s*"?(\\w+)"?': 'statements of ours',
  'prisma/engine/hand-written.ts: (--\\s*CreateIndex\\s*)?\\bcreate\\s+(?:unique\\s+)?index\\s+(?:concurrently\\s+)?(?:if\\s+not\\s+exists\\s+)?"?(\\w+)"?': 'migrations of ours',
  'processes/demo/sign-in.ts: name="csrf" value="([^"]*)"': 'a page of ours',
  'router/src/cache/model.ts: \\{\\$key\\.(\\w+)\\}': 'the supergraph, which its operator gives',
  'router/src/cache/model.ts: \\{\\$key\\.\\w+\\}': 'the supergraph, which its operator gives',
  'router/src/cache/tags.ts: \\{\\$args\\.([\\w.]+)\\}': 'the supergraph, which its operator gives',
  'router/src/dial/over-http.ts: ^application\\/(?:graphql-response\\+)?json(?:\\s*;|\\s*$)': 'read from the beginning, in a head that is bounded',
  'router/src/execution/naming.ts: \\([^)]*\\)|\\.\\.\\.\\s*on\\s+\\w+': 'the supergraph, which its operator gives',
  'router/src/operation/validate.ts: contains more tha[nt] \\d+ tokens': 'a sentence of graphql-js',
  'router/src/operation/validate.ts:  ?Did you mean .*$': 'the first that is found takes the rest',
  'router/src/planner/unsupported.ts: \\/([^/]+)\\/v\\d+\\.\\d+\\/?$': 'the supergraph, which its operator gives',
  'router/src/subscriptions/connection.ts: \\uFFFD+$': 'at most 120 bytes',
  'router/src/supergraph/features.ts: \\/([^/]+)\\/v\\d+\\.\\d+\\/?$': 'the supergraph, which its operator gives',
  'subgraphs/trade-capture/src/layouts/ofx-tree.ts: <(\\/?)([A-Za-z][A-Za-z0-9._]{0,63})\\s*(\\/?)>': 'read at one place; where it fails there, reading ends',
  'subgraphs/trade-capture/src/layouts/ofx-tree.ts: <OFX\\s*>': 'spaces behind one beginning hold no other',
  'subgraphs/trade-capture/src/layouts/ofx-tree.ts: ^<[A-Za-z][^<>]*\\s[^<>]*>': 'at most 300 characters',
  'subgraphs/trade-capture/src/layouts/read.ts: CHARSET:\\s*1252|encoding="(?:windows-1252|cp1252)"': 'at most 1,000 bytes',
  'subgraphs/trade-capture/src/layouts/read.ts: CHARSET:\\s*8859-1|encoding="iso-8859-1"': 'at most 1,000 bytes',
  'subgraphs/transactional/src/custody-formats/csv-values.ts: ^(?:\\((?<bracketed>[^+-].*)\\)|(?<sign>[+-]?)(?<plain>[^(].*))$': 'a cell of at most 200 characters',
  "subgraphs/trade-capture/src/layouts/source.ts: ^(\\p{L}+)\\s+(-?[\\d.,']+)\\s*@\\s*([\\d.,']+)(?:\\s+[A-Z]{3})?$": 'read from the beginning; what follows each part cannot be of it',
};

interface Expression { readonly pattern: string; readonly flags: string }

function expressionsIn(text: string): Expression[] {
  const found: Expression[] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('regex' in node) found.push(node.regex as Expression);
    else for (const inner of Object.values(node)) walk(inner);
  };
  walk(parseAst(text, { lang: 'ts' } as never));
  return found;
}

/** Names of groups say nothing of speed, and are not understood by the reader of expressions. */
const maySlow = ({ pattern, flags }: Expression): boolean => !isSafe(new RegExp(pattern.replaceAll(/\(\?<(?![=!])\w+>/g, '('), flags), { maxScore: SCORE_MAX, maxSteps: STEPS_MAX, timeout: Number.POSITIVE_INFINITY }).safe;

test('an expression that can be made slow is told from one that cannot', () => {
  const [slow, fast] = [expressionsIn('const a: RegExp = /^(a+)+$/;'), expressionsIn('const b = /^[a-z]{1,20}$/i as const;')];
  expect([slow.map(maySlow), fast.map(maySlow)]).toEqual([[true], [false]]);
});

test('every expression that could be made slow is known, with the reason why nothing does', () => {
  const files = [...ourHouse()].filter(([path, text]) => PRODUCT.test(path) && isCode(path) && !isTest(path) && !path.endsWith('.mjs') && /\/[^/\n]+\//.test(text));
  const all = files.flatMap(([path, text]) => expressionsIn(text).map((expression) => ({ path, expression })));
  expect(all.length).toBeGreaterThan(EXPRESSIONS_MIN);
  const slow = new Set(all.filter(({ expression }) => maySlow(expression)).map(({ path, expression }) => `${path}: ${expression.pattern}`));
  expect([...slow].filter((one) => known[one] === undefined), 'new ones: bound what they read, or write them in another way').toEqual([]);
  expect(Object.keys(known).filter((one) => !slow.has(one)), 'known ones that are gone').toEqual([]);
}, 240_000);
