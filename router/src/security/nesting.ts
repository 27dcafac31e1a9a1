/** How deep brackets may stand within each other: what reads a document, and what walks it, goes down with them. Measured before it is parsed. */
import { Lexer, Source, TokenKind } from 'graphql';
import { type OperationLimits, tooComplex } from './limits.ts';

const OPENS: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSES: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);
const BRACKETS = /[{[(]/g;

/** Throws OPERATION_TOO_COMPLEX, and GraphQLError for what is no token. Passing tokens over is left to the parser. */
export function checkNesting(source: string, { nestingMax, tokensMax }: Pick<OperationLimits, 'nestingMax' | 'tokensMax'>): void {
  if (!mayPass(source, nestingMax)) return;
  const lexer = new Lexer(new Source(source));
  let level = 0;
  for (let read = 0; read <= tokensMax; read += 1) {
    const { kind } = lexer.advance();
    if (kind === TokenKind.EOF) return;
    if (OPENS.has(kind) && (level += 1) > nestingMax) throw tooComplex('nesting', level, nestingMax);
    if (CLOSES.has(kind)) level -= 1;
  }
}

/** Most documents have fewer brackets than may stand within each other: then nothing has to be read. */
function mayPass(source: string, nestingMax: number): boolean {
  BRACKETS.lastIndex = 0;
  for (let count = 0; BRACKETS.test(source);) if ((count += 1) > nestingMax) return true;
  return false;
}
