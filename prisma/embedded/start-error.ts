/** A failure to start that the person at the keyboard can mend: one sentence, printed without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

interface Known {
  readonly when: RegExp;
  readonly sentence: (folder: string, complaint: string) => string;
}

const anew = 'to start anew, losing what it holds: `npm start -- --reset`';
/** By what Node calls the fault or Postgres writes of it; the first that fits. */
const known: readonly Known[] = [
  { when: /ENOSPC|No space left on device/i, sentence: (folder) => `The disk is full: Postgres needs about 200 MB free for ${folder}. Free some and start again.` },
  { when: /EROFS|EACCES|EPERM/, sentence: (folder, why) => `Postgres may not write to ${folder} (${why}): start as the account that owns it; ${anew}.` },
  { when: /Address already in use|could not create any TCP\/IP sockets/i, sentence: () => 'Postgres lost its port to another program in this moment: start again.' },
  { when: /incompatible with server/i, sentence: (folder, why) => `The data folder ${folder} is of another Postgres release (${why}); ${anew}.` },
  { when: /(?:)/, sentence: (folder, why) => `Postgres could not open its data folder ${folder} (${why}); ${anew}.` },
];

/** The sentence for a failure of the file system, or of Postgres, whose log is then the error's message. */
export function explained(error: unknown, folder: string): StartError {
  if (error instanceof StartError) return error;
  const text = error instanceof Error ? `${(error as NodeJS.ErrnoException).code ?? ''}\n${error.message}` : String(error);
  const { sentence } = known.find(({ when }) => when.test(text)) ?? { sentence: () => text };
  return new StartError(sentence(folder, lastComplaint(text)));
}

/** The last complaint of the log, without its time and process. */
function lastComplaint(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const complaint = lines.findLast((line) => /FATAL|PANIC|error:/.test(line)) ?? lines.at(-1) ?? 'no reason given';
  return complaint.replace(/^.*?(FATAL|PANIC|error):\s*/, '').replace(/\.$/, '').slice(0, 300);
}
