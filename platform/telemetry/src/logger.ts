/** One structured log for a process: JSON lines, with secrets removed before they are written. */
import { pino, type Logger as PinoLogger } from 'pino';

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'child'>;

const SECRET_PATHS = ['password', 'secret', 'clientSecret', 'client_secret', 'token', 'authorization', 'cookie'];

const STANDARD_OUTPUT = 1;

const redact = {
  paths: SECRET_PATHS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  censor: '[removed]',
};

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  readonly process: string;
  /** Where the lines go; standard output unless given. */
  readonly destination?: { write(line: string): void };
}

/** Nobody waits for a line to be written; what is still to be written when the process exits is written then. */
export const logger = ({ level, process, destination }: LoggerOptions): Logger =>
  pino({ level, redact, base: { process } }, destination ?? pino.destination({ dest: STANDARD_OUTPUT, sync: false }));

/** Says nothing: for tests and for tools that print for people. */
export const silent: Logger = pino({ level: 'silent' });
