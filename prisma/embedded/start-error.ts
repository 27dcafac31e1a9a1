/** A failure to start that the person at the keyboard can mend: one sentence, printed without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** The sentence for a failure of the file system or of Postgres itself; `said` is what Postgres wrote last. */
export function explained(error: unknown, folder: string, said = ''): StartError {
  if (error instanceof StartError) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  const text = `${said}\n${error instanceof Error ? error.message : String(error)}`;
  if (code === 'ENOSPC' || /No space left on device/i.test(text)) return new StartError(`The disk is full: Postgres needs about 200 MB free for ${folder}. Free some and start again.`);
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') return new StartError(`Postgres may not write to ${folder}: ${lastLine(text)}. Start as the account that owns it, or start anew with \`npm start -- --reset\`.`);
  if (/Address already in use|could not create any TCP\/IP sockets/i.test(text)) return new StartError(`Postgres could not have its port: another program took it. Start again.`);
  if (/incompatible with server/i.test(text)) return new StartError(`The data folder ${folder} is of another Postgres release: ${lastLine(text)}. Start anew with \`npm start -- --reset\`.`);
  return new StartError(`Postgres could not open its data folder ${folder}: ${lastLine(text)}. Its log is beside it; to start anew: \`npm start -- --reset\`.`);
}

/** The last complaint of the log, without its time and process. */
function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const complaint = lines.findLast((line) => /FATAL|PANIC|error:/.test(line)) ?? lines.at(-1) ?? 'no reason given';
  return complaint.replace(/^.*?(FATAL|PANIC|error):\s*/, '').replace(/\.$/, '').slice(0, 300);
}
