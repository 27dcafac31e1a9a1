import { execute, parse } from 'graphql';
import { federate, engineOf, recording } from './test/federation.ts';
import { parts, monolith } from './test/library.ts';
import { randomFrom, randomOperation } from './test/random-operations.ts';
import { isDeepStrictEqual } from 'node:util';
const f = federate(parts); const w = monolith();
const limits = { depthMax: 100, aliasesMax: 1_000, rootFieldsMax: 100, directivesMax: 1_000, fieldsMax: 100_000, tokensMax: 100_000, bodyBytesMax: 1_000_000, costMax: Infinity, listSizeAssumed: 1 };
const which = process.argv[2] as any; const N = Number(process.argv[3] ?? 400);
const seen: string[] = [];
const e = await engineOf({ ...f, dial: recording(f, seen) }, { planner: which, limits });
const bad: any[] = [];
for (let i = 0; i < N; i++) { const { query, variables } = randomOperation(w, randomFrom(Number(process.env['SEED'] ?? 20260) + i)); seen.length = 0;
  const exp: any = JSON.parse(JSON.stringify(await execute({ schema: w, document: parse(query), variableValues: variables })));
  try { const op = e.prepare(query, undefined); const a = JSON.parse((await e.execute(await e.variant(op, null), e.variables(op, variables), { principal: null, token: null, correlationId: 'x' })).text);
    if (!isDeepStrictEqual(a.data, exp.data)) bad.push({ i, query, variables, a: JSON.stringify(a), exp: JSON.stringify(exp), seen: [...seen] });
  } catch (x: any) { bad.push({ i, query, variables, err: String(x.stack).slice(0, 600) }); } }
bad.sort((a, b) => a.query.length - b.query.length);
console.log(N, bad.length); console.dir(bad.slice(0, Number(process.argv[4] ?? 1)), { depth: 5, maxStringLength: 3000 });
