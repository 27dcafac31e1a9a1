/** The maps of controls name code and tests that exist, and the list of personal data is complete: what is said to an auditor is so. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** What a map names and what of it is not there. `exists` and `text` stand for the repository. */
function lacking(map: string, exists: (file: string) => boolean, text: (file: string) => string): string[] {
  const named = [...map.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  const tests = named.filter((name) => name.includes(' › '));
  const files = named.filter((name) => /^[\w-]+(?:\/[\w.-]+)+\.\w+$/.test(name));
  return [
    ...files.filter((file) => !exists(file)).map((file) => `there is no ${file}`),
    ...tests.flatMap((name) => {
      const [file = '', title = ''] = name.split(' › ');
      if (!exists(file)) return [`there is no ${file}`];
      return new RegExp(String.raw`\btest(?:\.each\([\s\S]*?\))?\((['"\x60])${title.replaceAll(/[.*+?^$()[\]{}|\\]/g, String.raw`\$&`)}\1`).test(text(file)) ? [] : [`${file} has no test "${title}"`];
    }),
  ];
}

test.each(['docs/compliance/soc2.md', 'docs/compliance/gdpr.md'])('every control of %s names code and tests that exist', (map) => {
  expect(lacking(read(map), (file) => existsSync(path.join(root, file)), read)).toEqual([]);
  const rows = read(map).split('\n').filter((line) => /^\| [A-Z\d]/.test(line));
  expect(rows.length).toBeGreaterThan(7);
  expect(rows.filter((row) => !/`[^`]+\.\w+`[^|]*\|[^|]*› /.test(row))).toEqual([]); // both columns are filled
});

test('a control whose file is gone, or whose test is called otherwise, is named', () => {
  const there = (file: string): boolean => file === 'a/one.test.ts';
  expect(lacking('`a/none.ts` `a/one.test.ts › it holds` `a/one.test.ts › it is gone` `b/c.test.ts › x`', there, () => `test('it holds', () => {})`))
    .toEqual(['there is no a/none.ts', 'a/one.test.ts has no test "it is gone"', 'there is no b/c.test.ts']);
});

const TELLING = /name|email|phone|address|birth|agent|actor|subject|user|person|assignee|text$|comment|reason|note|counterparty|account|sealed|label|by$/i;

/** `domain.Model.field` of every column whose name looks as if it said something about people. */
function suspicious(schema: string, domain: string): string[] {
  return [...schema.matchAll(/^model (\w+) \{$([\s\S]*?)^\}/gm)].flatMap(([, model = '', body = '']) =>
    [...body.matchAll(/^ {2}(\w+)\s+(?:String|Json)\b/gm)].flatMap(([, field = '']) => (TELLING.test(field) ? [`${domain}.${model}.${field}`] : [])));
}

test('every column that may hold something about a person is listed with what is done about it', () => {
  const list = read('docs/compliance/personal-data.md');
  const domains = readdirSync(path.join(root, 'prisma'), { withFileTypes: true }).filter((entry) => entry.isDirectory() && existsSync(path.join(root, 'prisma', entry.name, 'schema.prisma')) && entry.name !== 'bus');
  const columns = domains.flatMap(({ name }) => suspicious(read(`prisma/${name}/schema.prisma`), name));
  expect(columns.length).toBeGreaterThan(50);
  expect(columns.filter((column) => !list.includes(`\`${column}\``))).toEqual([]);
  expect([...list.matchAll(/`((?:[a-z-]+)\.[A-Z]\w+\.\w+)`/g)].map(([, column = '']) => column).filter((column) => !columns.includes(column))).toEqual([]); // and nothing that is gone
});

test('a new column that looks personal is found by its name', () => {
  expect(suspicious('model Desk {\n  id String\n  phoneNumber String?\n  open Boolean\n}\n', 'auth')).toEqual(['auth.Desk.phoneNumber']);
});
