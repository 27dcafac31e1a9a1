/** Tidiness as tests: each rule is seen to fail on something planted, and holds in our house. */
import { describe, expect, test } from 'vitest';
import { everyCodeIsWrittenDown, moneyIsExact } from './tidy/contract.ts';
import { type House, ourHouse, type Rule } from './tidy/house.ts';
import { domainAsksNoClock, noBarrels, nothingUnfinished, opensWithASentence, sameSkeleton, shortFiles } from './tidy/layout.ts';
import { noFloat, sameOutboxAndInbox } from './tidy/tables.ts';

interface Tidy {
  readonly says: string;
  readonly rule: Rule;
  readonly planted: Readonly<Record<string, string>>;
  /** What the rule says of the planted files. */
  readonly found: readonly string[];
}

const schemaWith = (outbox: string): string => `model OutboxEvent {\n  ${outbox}\n\n  @@schema("a")\n}\n\nmodel OutboxWaiting {\n  seq BigInt @id\n}\n\nmodel InboxEvent {\n  id String @id\n}\n`;
const errors = 'export const errorCodes = {\n  INTERNAL: {},\n} as const;\nexport const userErrorCodes = {\n  INVALID: "",\n} as const;\n';
const skeleton = ['package.json', 'schema.graphql', 'src/subgraph.ts', 'src/context.ts', 'src/graphql/resolvers.ts', 'src/domain/a.ts', 'src/store/a-store.ts', 'src/utils/b.ts', 'src/feed/tape.ts'];

const rules: readonly Tidy[] = [
  {
    says: 'every subgraph has the same skeleton',
    rule: sameSkeleton,
    planted: { ...Object.fromEntries(skeleton.map((path) => [`subgraphs/a/${path}`, ''])), 'subgraphs/a/README.md': 'src/feed is for …', 'subgraphs/b/README.md': '' },
    found: ['subgraphs/a/src/utils is a room that its README does not explain', 'subgraphs/b/src/store/ is missing'],
  },
  { says: 'a file has at most 300 lines', rule: shortFiles, planted: { 'platform/x/src/long.ts': 'x\n'.repeat(301), 'platform/x/src/short.ts': 'x\n'.repeat(300) }, found: ['platform/x/src/long.ts has 301 lines; 300 is the most'] },
  { says: 'a file opens with a sentence', rule: opensWithASentence, planted: { 'a.ts': 'export const a = 1;', 'b.ts': '/** B. */' }, found: ['a.ts does not open with a sentence that says what it is'] },
  { says: 'there are no barrels', rule: noBarrels, planted: { 'a.ts': "export * from './b.ts';" }, found: ['a.ts is a barrel'] },
  { says: 'nothing is left for later', rule: nothingUnfinished, planted: { 'a.ts': `x\n// ${['TO', 'DO'].join('')} finish` }, found: ['a.ts:2 is not finished'] },
  {
    says: 'a domain is given its time',
    rule: domainAsksNoClock,
    planted: { 'subgraphs/a/src/domain/a.ts': 'const at = new Date();', 'subgraphs/a/src/commands/a.ts': 'const at = new Date();' },
    found: ['subgraphs/a/src/domain/a.ts asks the clock, chance or the surroundings: new Date()'],
  },
  {
    says: 'outbox and inbox are the same in every domain',
    rule: sameOutboxAndInbox,
    planted: {
      'subgraphs/a/package.json': '', 'subgraphs/b/package.json': '', 'subgraphs/c/package.json': '',
      'prisma/a/schema.prisma': schemaWith('id String @id'), 'prisma/b/schema.prisma': schemaWith('id   Int @id'), 'prisma/c/schema.prisma': schemaWith('id   String @id // the same'),
      'prisma/bus/schema.prisma': '',
    },
    found: ['prisma/b/schema.prisma: model OutboxEvent differs from the one in prisma/a/schema.prisma'],
  },
  { says: 'no table keeps a Float', rule: noFloat, planted: { 'prisma/a/schema.prisma': 'model A {\n  price Float\n}' }, found: ['prisma/a/schema.prisma:2 keeps a Float'] },
  {
    says: 'money in the contract is exact',
    rule: moneyIsExact,
    planted: { 'subgraphs/a/schema.graphql': 'type A { unitPrice: Float! marketValue: Money! cost: [String!] "A ratio." value: Float }' },
    found: ['subgraphs/a/schema.graphql: unitPrice: Float is money and not exact', 'subgraphs/a/schema.graphql: cost: String is money and not exact'],
  },
  {
    says: 'every error code is written down',
    rule: everyCodeIsWrittenDown,
    planted: { 'platform/errors/src/errors.ts': errors, 'schema/reference/errors.md': '`INVALID`', 'platform/subgraph/src/common.graphql': 'enum UserErrorCode {\n  CONFLICT\n}' },
    found: ['schema/reference/errors.md does not name INTERNAL', 'platform/subgraph/src/common.graphql: UserErrorCode lacks INVALID'],
  },
];

const planted = (files: Readonly<Record<string, string>>): House => new Map(Object.entries(files));
const FILES_MIN = 100;
const house = ourHouse();

test('the house that is looked at is not empty', () => {
  expect(house.size).toBeGreaterThan(FILES_MIN);
});

describe.each(rules)('$says', ({ rule, planted: files, found }) => {
  test('seen to fail', () => {
    expect(rule(planted(files))).toEqual(expect.arrayContaining([...found]));
    expect(rule(new Map())).toEqual(rule === everyCodeIsWrittenDown ? expect.anything() : []);
  });

  test('holds', () => {
    expect(rule(house)).toEqual([]);
  });
});
