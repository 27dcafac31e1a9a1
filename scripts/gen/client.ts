/** Writes schema/client/src/generated: typed documents for the client's own operations and for the journeys. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Output, Task } from './task.ts';
import { filesBelow, root, shown } from './workspace.ts';
import { apiFile } from './compose.ts';

const OUT = join(root, 'schema/client/src/generated');
const text = { input: 'string', output: 'string' };

function documentFiles(): string[] {
  return [join(root, 'schema/client/src/operations'), join(root, 'tests/journeys')].flatMap((folder) => filesBelow(folder, '.graphql'));
}

async function generated(api: string, files: readonly string[]): Promise<Output[]> {
  const [{ codegen }, { preset }, { parse }] = await Promise.all([
    import('@graphql-codegen/core'),
    import('@graphql-codegen/client-preset'),
    import('graphql'),
  ]);
  const documents = files.map((file) => {
    const rawSDL = readFileSync(file, 'utf8');
    return { location: shown(file), rawSDL, document: parse(rawSDL) };
  });
  const config = {
    useTypeImports: true,
    enumsAsTypes: true,
    immutableTypes: true,
    defaultScalarType: 'unknown',
    importExtension: '.ts',
    scalars: { ID: text, Decimal: text, Date: text, DateTime: text, Currency: text, JSON: { input: 'unknown', output: 'unknown' } },
  };
  const outputs = await preset.buildGeneratesSection({
    baseOutputDir: `${OUT}/`,
    schema: parse(api),
    documents,
    config,
    presetConfig: { fragmentMasking: false },
    plugins: [],
    pluginMap: {},
  } as unknown as Parameters<typeof preset.buildGeneratesSection>[0]);
  const written = await Promise.all(outputs.map(async (output) => ({ file: output.filename, text: await codegen(output) })));
  return written.filter(({ file }) => !file.endsWith('index.ts')); // no barrels
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
