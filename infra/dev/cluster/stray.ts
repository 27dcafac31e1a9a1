/** Servers that outlived a killed start: each start notes their processes beside their data, and the next one ends what is still there before it begins. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';

interface Note {
  readonly pid: number;
  /** A word of its command line: a number may be somebody else's by now. */
  readonly word: string;
}

export function noteStarted(file: string, pid: number | undefined, word: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, JSON.stringify({ pid, word }));
}

export function endStray(file: string): void {
  let note: Note;
  try {
    note = JSON.parse(fs.readFileSync(file, 'utf8')) as Note;
  } catch {
    return; // none was noted
  }
  fs.rmSync(file, { force: true });
  try {
    if (execFileSync('ps', ['-o', 'command=', '-p', String(note.pid)], { encoding: 'utf8' }).includes(note.word)) process.kill(note.pid, 'SIGKILL');
  } catch {
    // it is gone
  }
}
