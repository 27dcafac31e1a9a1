/** Writes schema/client/src/generated: typed documents for the client's own operations and for the journeys. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { apiFile } from './compose.ts';
import { type Output, Refused, type Task } from './task.ts';
import { filesBelow, root, shown } from './workspace.ts';

const OUT = join(root, 'schema/client/src/generated');
const text = { input: 'string', output: 'string' };

const config = {
  useTypeImports: true,
  enumsAsTypes: true,
  immutableTypes: true,
  defaultScalarType: 'unknown',
  importExtension: '.ts',
  scalars: { ID: text, Decimal: text, Date: text, DateTime: text, Currency: text, JSON: { input: 'unknown', output: 'unknown' } },
};

interface Loaded {
  readonly location: string;
  readonly rawSDL: string;
  readonly document: DocumentNode;
}

function documentFiles(): string[] {
  return [join(root, 'schema/client/src/operations'), join(root, 'tests/journeys')].flatMap((folder) => filesBelow(folder, '.graphql'));
}

async function load(files: readonly string[]): Promise<Loaded[]> {
  const { parse, Source } = await import('graphql');
  return files.map((file) => {
    const rawSDL = readFileSync(file, 'utf8');
    return { location: shown(file), rawSDL, document: parse(new Source(rawSDL, shown(file))) };
  });
}

/** Throws with every operation that does not fit the schema, by file and line. */
async function mustFit(schema: GraphQLSchema, documents: readonly Loaded[]): Promise<void> {
  const { concatAST, specifiedRules, validate } = await import('graphql');
  const rules = specifiedRules.filter(({ name }) => name !== 'NoUnusedFragmentsRule'); // a user may use it from elsewhere
  const errors = validate(schema, concatAST(documents.map(({ document }) => document)), rules);
  const lines = errors.map(({ message, nodes, locations }) => `  ${nodes?.[0]?.loc?.source.name ?? ''}:${locations?.[0]?.line ?? 0} ${message}`);
  if (lines.length > 0) throw new Refused(`operations that do not fit schema/api.graphql\n${lines.join('\n')}`);
}

async function generated(api: string, files: readonly string[]): Promise<Output[]> {
  const [{ codegen }, { preset }, { buildASTSchema, parse }] = await Promise.all([
    import('@graphql-codegen/core'),
    import('@graphql-codegen/client-preset'),
    import('graphql'),
  ]);
  const schema = parse(api);
  const documents = await load(files);
  await mustFit(buildASTSchema(schema), documents);
  const section = { baseOutputDir: `${OUT}/`, schema, documents, config, presetConfig: { fragmentMasking: false }, plugins: [], pluginMap: {} };
  const outputs = await preset.buildGeneratesSection(section);
  const wanted = outputs.filter(({ filename }) => filename.endsWith('graphql.ts')); // the documents; neither a barrel nor a map of texts
  return Promise.all(wanted.map(async (output) => ({ file: output.filename, text: `${(await codegen(output)).trimEnd()}\n` })));
}

/** Null while there is no API schema or no operation to type. */
export function clientDocuments(): Task | null {
  const files = documentFiles();
  if (!existsSync(apiFile) || files.length === 0) return null;
  const api = readFileSync(apiFile, 'utf8');
  return {
    name: 'client',
    inputs: [api, ...files.flatMap((file) => [shown(file), readFileSync(file, 'utf8')])],
    committed: true,
    run: () => generated(api, files),
  };
}
