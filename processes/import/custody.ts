/** `pms import custody`: a custodian's statement, compared with the books over the public API. What cannot be read is named, and then nothing is kept. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import type { PmsClient } from '@pms/client';
import { ImportCustodyStatementDocument, type ImportCustodyStatementInput, type ImportCustodyStatementMutation } from '@pms/client/generated';
import { StartError } from '@pms/prisma/embedded';
import { decodeText } from '@pms/tables/decode';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Environment } from '../environment.ts';
import { connected, patient, type Reach } from './connection.ts';
import { targetOf } from './plan.ts';
import { fileBytes } from './trades.ts';

export interface ImportCustodyOptions extends Reach {
  readonly mapping?: string;
  readonly custodian?: string;
  /** `<account>=<portfolio's id or name>`. */
  readonly account: readonly string[];
  readonly asOf?: string;
  readonly basis?: string;
  readonly again: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

const LINES_SHOWN_MAX = 200;
const decimalText = z.union([z.string(), z.number()]).transform(String).pipe(z.string().regex(/^\d{1,20}(\.\d{1,18})?$/, 'is no decimal'));
const named = z.record(z.string(), z.string().min(1)).default({});

/** What is the same for every statement of a custodian. */
const mapping = z.strictObject({
  custodian: z.string().min(1).optional(),
  accounts: named,
  instruments: named,
  quantityTolerance: decimalText.optional(),
  cashTolerance: decimalText.optional(),
  basis: z.enum(['TRADED', 'CONTRACTUAL', 'SETTLED']).optional(),
  csv: z.strictObject({
    delimiter: z.string().length(1).optional(), decimalMark: z.enum(['POINT', 'COMMA']).optional(), dateOrder: z.enum(['YMD', 'DMY', 'MDY']).optional(),
    columns: z.partialRecord(z.enum(['account', 'statedOn', 'isin', 'symbol', 'identifier', 'description', 'quantity', 'available', 'notAvailable', 'currency', 'kind']), z.string()).optional(),
  }).optional(),
});
type Mapping = z.output<typeof mapping>;

export async function importCustody(environment: Environment, path: string, options: ImportCustodyOptions): Promise<void> {
  const text = decodeText(fileBytes(path));
  const given = mappingOf(options);
  const client = connected(environment, options);
  try {
    const input = await inputOf(client, given, { ...options, text });
    const { importCustodyStatement: done } = await patient(() => client.mutate(ImportCustodyStatementDocument, { input }));
    if (options.json) console.log(JSON.stringify(done, null, 2));
    else for (const line of linesOf(done, options.dryRun)) console.log(line);
    if (done.userErrors.length > 0) process.exitCode = 1;
  } finally {
    await client.close();
  }
}

function mappingOf({ mapping: file }: ImportCustodyOptions): Mapping {
  if (file === undefined) return mapping.parse({});
  const parsed = mapping.safeParse(read(file));
  if (parsed.success) return parsed.data;
  throw new StartError(`The mapping ${file} cannot be used. ${parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`).join('; ')}.`);
}

function read(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8')) ?? {};
  } catch (error) {
    throw new StartError(`The mapping ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function inputOf(client: PmsClient, given: Mapping, { text, custodian: whose, account, asOf, basis: asked, again, dryRun }: ImportCustodyOptions & { readonly text: string }): Promise<ImportCustodyStatementInput> {
  const custodian = whose ?? given.custodian;
  if (custodian === undefined) throw new StartError('Whose statement is it? Give --custodian, or name it in the mapping.');
  const accounts = await accountsOf(client, [...Object.entries(given.accounts), ...account.map(pairOf)]);
  const basis = z.enum(['TRADED', 'CONTRACTUAL', 'SETTLED']).optional().safeParse(asked?.toUpperCase());
  if (!basis.success) throw new StartError('A basis is traded, contractual or settled.');
  const { instruments, csv, quantityTolerance, cashTolerance } = given;
  return {
    custodian, text, accounts, again, dryRun, instruments: Object.entries(instruments).map(([identifier, instrumentId]) => ({ identifier, instrumentId })),
    csv, statedOn: asOf, basis: basis.data ?? given.basis, quantityTolerance, cashTolerance,
  };
}

async function accountsOf(client: PmsClient, pairs: readonly (readonly [string, string])[]): Promise<{ account: string; portfolioId: string }[]> {
  if (pairs.length === 0) throw new StartError('Which portfolio is the account of? Give --account <account>=<portfolio>, or map accounts in the mapping.');
  const accounts = [];
  for (const [account, portfolio] of pairs) accounts.push({ account, portfolioId: (await targetOf(client, portfolio)).id });
  return accounts;
}

function pairOf(text: string): [string, string] {
  const equals = text.lastIndexOf('=');
  if (equals < 1 || equals === text.length - 1) throw new StartError(`${JSON.stringify(text)} is not <account>=<portfolio>.`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

type Done = ImportCustodyStatementMutation['importCustodyStatement'];

function linesOf({ reconciliations, added, userErrors }: Done, dryRun: boolean): string[] {
  if (userErrors.length > 0) return ['The statement was not imported:', ...userErrors.map(({ message, path }) => `  ${path[0] === 'text' ? '' : `${path.join('.')}: `}${message}`)];
  return (reconciliations ?? []).flatMap((one) => [
    `${one.portfolio.name}, account ${one.account}, ${one.statedOn}, ${one.basis.toLowerCase()}: ${String(one.matched)} match, ${String(one.differing)} differ${dryRun ? ' (nothing was kept)' : `, version ${String(one.version)}${added === 0 ? ', known before' : ''}`}`,
    ...one.lines.slice(0, LINES_SHOWN_MAX).map(({ result, identifier, instrument, theirs, ours, difference }) =>
      `  ${result.padEnd(18)} ${(instrument?.symbol ?? identifier ?? '').padEnd(14)} theirs ${theirs}, ours ${ours}, difference ${difference}`),
    ...(one.lines.length > LINES_SHOWN_MAX ? [`  … and ${String(one.lines.length - LINES_SHOWN_MAX)} more (--json tells all)`] : []),
  ]);
}
