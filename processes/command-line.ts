/** The commands of `pms`. Each loads its code when it is called: what is generated may not be there before `start` made it. */
import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { Command, InvalidArgumentError, Option } from 'commander';
import { environment } from './environment.ts';
import type { ImportCustodyOptions } from './import/custody.ts';
import type { ImportPricesOptions } from './import/prices.ts';
import type { ImportTradesOptions } from './import/trades.ts';
import { sentenceOf } from './sentences.ts';

const pms = new Command('pms').description('A portfolio management platform: one federated GraphQL API over exact books.').showHelpAfterError();

const wholePort = (text: string): number => {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('a port is a whole number from 0 to 65535');
  return port;
};

const instant = (text: string): Date => {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new InvalidArgumentError('a time is as 2026-11-26T09:30:00Z');
  return time;
};

const WORKERS_MAX = 256;
const wholeWorkers = (text: string): number => {
  const workers = text === 'auto' ? availableParallelism() : Number(text);
  if (!Number.isInteger(workers) || workers < 1 || workers > WORKERS_MAX) throw new InvalidArgumentError(`a whole number from 1 to ${String(WORKERS_MAX)}, or auto`);
  return workers;
};

pms
  .command('start')
  .description('everything in one process: API, domains, database')
  .option('-p, --port <n>', 'the port to listen on; 0 is any free one', wholePort)
  .option('--reset', 'delete the embedded database and the generated secrets first', false)
  .option('--no-demo', 'without the demo world, its accounts and its data')
  .option('--no-seed', 'with the demo accounts, without the demo data')
  .action(async ({ port, reset, demo, seed }: { port?: number; reset: boolean; demo: boolean; seed: boolean }) => {
    const { start } = await import('./start.ts');
    await start(environment(process.env, { ...(port === undefined ? {} : { port }), ...(demo ? {} : { demo }) }), { reset, seed });
  });

pms
  .command('reset')
  .description('deletes the embedded database and the generated secrets')
  .action(async () => {
    const { startAnew } = await import('./database.ts');
    await startAnew(environment(process.env));
  });

pms
  .command('router')
  .description('the router alone, over the supergraph named by SUPERGRAPH; subgraphs are reached where it says, or where SUBGRAPH_URL_<NAME> does')
  .option('-p, --port <n>', 'the port to listen on', wholePort)
  .addOption(new Option('--workers <n>', 'so many processes on the one port, or "auto" for one a core').env('ROUTER_WORKERS').default(1).argParser(wholeWorkers))
  .action(async ({ port, workers }: { port?: number; workers: number }) => {
    const settings = environment(process.env, port === undefined ? {} : { port });
    if (workers === 1 || cluster.isWorker) await (await import('./router.ts')).runRouter(settings);
    else await (await import('./router-workers.ts')).runWorkers(settings, workers);
  });

pms
  .command('subgraph')
  .description('one domain alone, over HTTP and graphql-ws')
  .argument('<name>')
  .option('-p, --port <n>', 'the port to listen on', wholePort)
  .action(async (name: string, { port }: { port?: number }) => {
    const { runSubgraph } = await import('./subgraph.ts');
    await runSubgraph(name, environment(process.env, { behindRouter: true, ...(port === undefined ? {} : { port }) }));
  });

pms
  .command('fix')
  .description('the FIX sessions of FIX_CONFIG alone, beside a running platform')
  .option('-p, --port <n>', 'the port for health and metrics', wholePort)
  .action(async ({ port }: { port?: number }) => {
    const { runFix } = await import('./fix.ts');
    await runFix(environment(process.env, { behindRouter: true, ...(port === undefined ? {} : { port }) }));
  });

pms
  .command('migrate')
  .description('brings the tables up to date, then ends')
  .action(async () => {
    const { runMigrate } = await import('./migrate.ts');
    await runMigrate(environment(process.env));
  });

pms
  .command('token')
  .description('prints an access token, without asking for a password; development only')
  .option('--user <email>', 'of this user')
  .option('--client <id>', 'of this service client')
  .action(async (whom: { user?: string; client?: string }) => {
    const { printToken } = await import('./accounts.ts');
    await printToken(environment(process.env), whom);
  });

pms
  .command('found')
  .description('founds an organisation with its first administrator, whose password is read from PMS_ADMIN_PASSWORD')
  .argument('<name>')
  .requiredOption('--admin <email>', 'who administers it')
  .action(async (name: string, { admin }: { admin: string }) => {
    const { found } = await import('./accounts.ts');
    await found(environment(process.env), name, admin);
  });

pms
  .command('topics')
  .description('Kafka topics, as infra/kafka/topics.yaml declares them')
  .command('apply')
  .description('makes what is missing, brings settings in line, and says what would move keys or lose data')
  .option('--file <path>', 'another declaration')
  .action(async ({ file }: { file?: string }) => {
    const { applyDeclared } = await import('./topics.ts');
    await applyDeclared(environment(process.env), file);
  });

const events = pms.command('events').description('events that could not be handled');
events
  .command('dead')
  .description('lists the dead letters')
  .action(async () => {
    const { listDead } = await import('./events.ts');
    await listDead(environment(process.env));
  });
events
  .command('replay')
  .description('tries dead letters again, in order')
  .argument('[eventId]', 'this one alone')
  .option('--from <time>', 'those that failed for the last time since then (RFC 3339)', instant)
  .action(async (eventId: string | undefined, { from }: { from?: Date }) => {
    const { replayDead } = await import('./events.ts');
    await replayDead(environment(process.env), { eventId, from });
  });

const audit = pms.command('audit').description('the audit chains');
audit
  .command('verify')
  .description('recomputes every organisation’s chain, or that of an export, and fails when one does not hold')
  .option('--export <file>', 'of this export, with no database at hand')
  .option('--checkpoints <file>', 'hold the export against checkpoints that were kept elsewhere, too')
  .option('--key <file>', 'the public key (PEM) to trust instead of the export’s own')
  .action(async ({ export: file, ...files }: { export?: string; checkpoints?: string; key?: string }) => {
    const { verifyAudit, verifyAuditExport } = await import('./audit.ts');
    await (file === undefined ? verifyAudit(environment(process.env)) : verifyAuditExport(file, files));
  });
audit
  .command('export')
  .description('writes an organisation’s chain as lines of JSON')
  .requiredOption('--organization <id>', 'whose')
  .option('--out <file>', 'where to; the standard output unless given')
  .action(async ({ organization, out }: { organization: string; out?: string }) => {
    const { exportAudit } = await import('./audit.ts');
    await exportAudit(environment(process.env), organization, out);
  });
audit
  .command('checkpoint')
  .description('writes down the Merkle root of every chain that has grown, now')
  .action(async () => {
    const { checkpointAudit } = await import('./audit.ts');
    await checkpointAudit(environment(process.env));
  });

audit
  .command('compare')
  .description('compares old events with the trail and writes receipts down, so that the events may be taken out of the outboxes')
  .action(async () => {
    const { compareAudit } = await import('./audit.ts');
    await compareAudit(environment(process.env));
  });

const people = pms.command('person').description('what is held about people');
people
  .command('rewrap')
  .description('wraps the keys of people anew with PMS_SECRET_PERSON_KEYS, those too that PMS_SECRET_PERSON_KEYS_OTHER wrapped')
  .option('--check', 'only count, and fail when a key is not under the current one', false)
  .action(async (wanted: { check: boolean }) => {
    const { rewrapPeople } = await import('./rewrap.ts');
    await rewrapPeople(environment(process.env), wanted);
  });
people
  .command('export')
  .description('everything about one person: account, roles, sessions, and every entry of the audit trail by or about them, as JSON')
  .requiredOption('--organization <id>', 'whose')
  .requiredOption('--person <id>', 'the user, investor or service client')
  .option('--out <file>', 'into a new file that its owner alone reads; the standard output unless given')
  .action(async ({ organization, person, out }: { organization: string; person: string; out?: string }) => {
    const { exportPerson } = await import('./person.ts');
    await exportPerson(environment(process.env), { organization, person }, out);
  });

pms
  .command('books')
  .description('the books')
  .command('verify')
  .description('proves journal, lots, positions, cash and custody from what is recorded; names what does not hold, and fails')
  .option('--organization <id>', 'of this organisation alone')
  .option('--portfolio <id>', 'this portfolio alone')
  .option('--json', 'one JSON object a line: each finding, then the summary', false)
  .action(async (wanted: { organization?: string; portfolio?: string; json: boolean }) => {
    const { verifyBooks } = await import('./books.ts');
    await verifyBooks(environment(process.env), wanted);
  });

/** Where the platform is, and who asks it; without them the one of this folder, and the demo's service client. */
const reaching = (command: Command): Command => command
  .addOption(new Option('--url <address>', 'of the platform').env('PMS_URL'))
  .addOption(new Option('--token <token>', 'an access token').env('PMS_TOKEN'))
  .addOption(new Option('--client-id <id>', 'a service client, instead of a token').env('PMS_CLIENT_ID'))
  .addOption(new Option('--client-secret <secret>', 'of the service client').env('PMS_CLIENT_SECRET').hideHelp());

const imports = pms.command('import').description('files of brokers and vendors, over the public API');
reaching(imports.command('trades').argument('<file>', 'CSV or OFX'))
  .description('a broker’s trades into a portfolio: all of them, or none while a row is bad')
  .requiredOption('--portfolio <id or name>', 'the portfolio that they belong to')
  .requiredOption('--layout <name or path>', 'generic, ibkr-flex, ibkr-activity, schwab, fidelity, degiro, degiro-eur, trading212, swissquote, saxo, revolut, ofx, or a mapping file')
  .option('--dry-run', 'only say what would be booked', false)
  .option('--leave-out <kinds>', 'do not book rows of these kinds, for example dividend,tax')
  .option('--partial', 'book the good rows although others are bad', false)
  .option('--json', 'say it as one JSON object', false)
  .action(async (file: string, options: ImportTradesOptions) => {
    const { importTrades } = await import('./import/trades.ts');
    await importTrades(environment(process.env), file, options);
  });
reaching(imports.command('prices').argument('<file>', 'CSV'))
  .description('daily closes of one instrument; an adjusted close is never taken for a close')
  .requiredOption('--symbol <symbol or id>', 'the instrument')
  .option('--mic <code>', 'its exchange, where the symbol is listed on several')
  .option('--layout <name>', 'plain, stooq, stooq-bulk, yahoo or alpha-vantage; found out from the header unless given')
  .action(async (file: string, options: ImportPricesOptions) => {
    const { importPrices } = await import('./import/prices.ts');
    await importPrices(environment(process.env), file, options);
  });
reaching(imports.command('custody').argument('<file>', 'CSV, MT535 or semt.002'))
  .description('a custodian’s statement, compared with the books; what differs becomes a task')
  .option('--mapping <path>', 'YAML or JSON: custodian, accounts, instruments, csv, basis, tolerances')
  .option('--custodian <name>', 'whose statement it is')
  .option('--account <account=portfolio>', 'which portfolio an account is of; may be given several times', (pair: string, pairs: string[]) => [...pairs, pair], [])
  .option('--as-of <day>', 'the day of a CSV that has no column for it')
  .option('--basis <name>', 'of a CSV: traded, contractual or settled')
  .option('--again', 'compare a known statement once more, with the books as they are now', false)
  .option('--dry-run', 'only say what differs', false)
  .option('--json', 'say it as one JSON object', false)
  .action(async (file: string, options: ImportCustodyOptions) => {
    const { importCustody } = await import('./import/custody.ts');
    await importCustody(environment(process.env), file, options);
  });

pms
  .command('export')
  .description('trades, trade-versions, positions, lots, closings, cash, journal, prices or audit-trail, whole, as text: exact decimals, safe in a spreadsheet')
  .argument('<data set>')
  .requiredOption('--organization <id>', 'whose')
  .addOption(new Option('--format <format>', 'how it is written').choices(['csv', 'json']).default('csv'))
  .option('--output <file>', 'into a new file; else to the terminal')
  .option('--portfolio <id>', 'of this portfolio alone')
  .option('--instrument <id>', 'of this instrument alone')
  .option('--from <day>', 'what counts from this day on')
  .option('--to <day>', 'what counts up to this day')
  .option('--as-of <day>', 'books at the end of this day')
  .option('--known-at <instant>', 'books as they were known then')
  .action(async (name: string, { portfolio: portfolioId, instrument: instrumentId, ...wanted }: { organization: string; format: 'csv' | 'json'; portfolio?: string; instrument?: string }) => {
    const { runExport } = await import('./exports.ts');
    await runExport(environment(process.env), name, { ...wanted, ...(portfolioId === undefined ? {} : { portfolioId }), ...(instrumentId === undefined ? {} : { instrumentId }) });
  });

pms
  .command('rebuild')
  .description('computes every projection anew from the recorded facts')
  .option('--verify', 'only compare, and fail when a figure differs', false)
  .action(async ({ verify }: { verify: boolean }) => {
    const { rebuild } = await import('./rebuild.ts');
    await rebuild(environment(process.env), verify);
  });

try {
  await pms.parseAsync();
} catch (error) {
  const sentence = sentenceOf(error);
  if (sentence === null) throw error;
  console.error(`\n${sentence}`);
  process.exitCode = 1;
}
