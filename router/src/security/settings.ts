/** Settings of what a client may ask, and how much of it. */
import { z } from 'zod';

const count = (standard: number) => z.int().positive().default(standard);

export const limitSettings = z.strictObject({
  depthMax: count(20).describe('Levels of nested fields.'),
  aliasesMax: count(60),
  rootFieldsMax: count(30),
  directivesMax: count(60),
  fieldsMax: count(2_000).describe('Fields after all fragments are written out.'),
  tokensMax: count(8_000).describe('Lexical tokens of the document.'),
  bodyBytesMax: count(8 * 1_024 * 1_024),
  costMax: count(50_000).describe('Static cost, by @cost and @listSize.'),
  listSizeAssumed: count(10).describe('Items that a list is taken to have where the schema does not say.'),
});

export const rateSettings = z.strictObject({
  points: count(2_000).describe('What a client may use in a window.'),
  windowSeconds: count(10),
});
