/**
 * SWIFT FIN text: messages of blocks {1:…}{2:…}{3:…}{4:…-}{5:…}, one or many, and the fields of their fourth block.
 * Reads each character once; refuses blocks that do not close, are too many, or nest deeper than SWIFT's own.
 */
import { unreadable } from './problems.ts';

export interface FinField {
  /** From 1, in the whole text. */
  readonly line: number;
  /** Such as "93B" (without the colons). */
  readonly tag: string;
  /** May have several lines. */
  readonly value: string;
}

export interface FinMessage {
  readonly line: number;
  /** Such as "535"; null where the message has no second block. */
  readonly type: string | null;
  readonly fields: readonly FinField[];
}

const MESSAGES_MAX = 1_000;
const FIELDS_MAX = 500_000;
const DEPTH_MAX = 4;
const FIELD = /^:(\d{2}[A-Z]?):(.*)$/;

interface Block {
  readonly id: string;
  readonly line: number;
  readonly body: string;
}

export function finMessages(text: string): FinMessage[] {
  const messages: { line: number; blocks: Block[] }[] = [];
  for (const block of blocksOf(text)) {
    const last = messages.at(-1);
    // a message begins with its first block, or with the text itself where it stands alone
    if (last === undefined || block.id === '1' || (block.id === '4' && last.blocks.some(({ id }) => id === '4'))) messages.push({ line: block.line, blocks: [block] });
    else last.blocks.push(block);
    if (messages.length > MESSAGES_MAX) unreadable(block.line, null, `a text has at most ${MESSAGES_MAX} messages`);
  }
  if (messages.length === 0) unreadable(null, null, 'the text holds no message');
  return messages.map(({ line, blocks }) => {
    const body = blocks.find(({ id }) => id === '4');
    if (body === undefined) unreadable(line, '{4:', 'the message has no text block');
    return { line, type: typeOf(blocks.find(({ id }) => id === '2')), fields: fieldsOf(body) };
  });
}

/** Of an input or an output header: "O535…", "I535…". */
const typeOf = (header: Block | undefined): string | null => (header === undefined ? null : /^[IO](\d{3})/.exec(header.body)?.[1] ?? unreadable(header.line, '{2:', 'the header names no message type'));

/** Braces, line breaks, and what may stand between blocks: white space, and the "$" between messages of a file. */
const MARKS = /[{}\n]|[^\s$]/g;

function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let line = 1;
  let depth = 0;
  let begun = { at: 0, line: 1 };
  for (const { 0: mark, index } of text.matchAll(MARKS)) {
    if (mark === '\n') line++;
    else if (mark === '{') {
      if (depth === 0) begun = { at: index, line };
      if (++depth > DEPTH_MAX) unreadable(line, '{', `blocks nest at most ${DEPTH_MAX} deep`);
    } else if (mark !== '}') {
      if (depth === 0) unreadable(line, null, 'text stands outside of the blocks');
    } else if (--depth < 0) unreadable(line, '}', 'a block is closed that was never opened');
    else if (depth === 0) blocks.push(blockOf(text.slice(begun.at + 1, index), begun.line));
  }
  if (depth > 0) unreadable(begun.line, text.slice(begun.at, begun.at + 3), 'the block is never closed');
  return blocks;
}

function blockOf(inner: string, line: number): Block {
  const id = /^([1-5S]):/.exec(inner)?.[1];
  if (id === undefined) unreadable(line, '{', 'a block begins with its number and a colon');
  return { id, line, body: inner.slice(2) };
}

function fieldsOf({ line: first, body }: Block): FinField[] {
  const fields: { line: number; tag: string; parts: string[] }[] = [];
  const lines = body.split(/\r?\n/);
  for (const [at, content] of lines.entries()) {
    const line = first + at;
    if (at === lines.length - 1) {
      if (content !== '-') unreadable(line, '-}', 'the text block does not end in "-"');
      break;
    }
    const [, tag, value = ''] = FIELD.exec(content) ?? [];
    if (tag !== undefined) fields.push({ line, tag, parts: [value] });
    else if (fields.length > 0) fields.at(-1)?.parts.push(content);
    else if (content.trim() !== '') unreadable(line, null, 'the text block does not begin with a field');
    if (fields.length > FIELDS_MAX) unreadable(line, null, `a message has at most ${FIELDS_MAX} fields`);
  }
  return fields.map(({ line, tag, parts }) => ({ line, tag, value: parts.join('\n') }));
}
