/** Which parts of a difference are drift, and which were written by hand on purpose. */
import { expect, test } from 'vitest';
import { keepingHandWritten } from '../../prisma/engine/hand-written.ts';

const drop = (index: string): string => `-- DropIndex\nDROP INDEX "a"."${index}";\n\n`;

test('an index that was written by hand is kept', () => {
  const migrations = '-- by hand: newest first\nCREATE INDEX trade_newest_idx ON "a"."trade" (at DESC NULLS LAST);';
  expect(keepingHandWritten(drop('trade_newest_idx'), migrations)).toBe('');
});

test('an index that Prisma wrote and schema.prisma no longer has is drift', () => {
  const migrations = '-- CreateIndex\nCREATE UNIQUE INDEX "trade_key" ON "a"."trade"("key");';
  expect(keepingHandWritten(drop('trade_key'), migrations)).toBe(drop('trade_key').trim());
});

test('every other difference stays, in its order', () => {
  const table = '-- DropTable\nDROP TABLE "a"."raw";';
  expect(keepingHandWritten(`${drop('by_hand')}${table}`, 'create index if not exists by_hand on a.trade (at);')).toBe(table);
});
