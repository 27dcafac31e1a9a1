/** One structured log for a process: JSON lines, with secrets removed before they are written. */
import { pino, type Logger as PinoLogger } from 'pino';
import { withoutSecrets } from './secrets.ts';

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'child'>;

const STANDARD_OUTPUT = 1;
/** Lines are written together: when there are so many bytes of them, or after a moment. */
const WRITTEN_FROM_BYTES = 4_096;
const WRITTEN_EVERY_MS = 100;

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  readonly process: string;
  /** Where the lines go; standard output unless given. */
  readonly destination?: { write(line: string): void };
}

/** Nobody waits for a line to be written; what is still to be written when the process exits is written then. */
export const logger = ({ level, process, destination }: LoggerOptions): Logger =>
  pino({ level, base: { process }, formatters: { log: withoutSecrets }, serializers: { err: (error: Error) => withoutSecrets(pino.stdSerializers.err(error)) } }, destination ?? pino.destination({ dest: STANDARD_OUTPUT, sync: false, minLength: WRITTEN_FROM_BYTES, periodicFlush: WRITTEN_EVERY_MS }));

/** Says nothing: for tests and for tools that print for people. */
export const silent: Logger = pino({ level: 'silent' });
