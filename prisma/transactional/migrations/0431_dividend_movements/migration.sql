-- Dividends as a custodian's statement has them: whose, and what of the gross amount was withheld.
ALTER TABLE "transactional"."cash_movement" ADD COLUMN     "instrument_id" TEXT,
ADD COLUMN     "tax" DECIMAL(38,18);
ALTER TABLE "transactional"."cash_movement" ADD CONSTRAINT "cash_movement_dividend_check"
  CHECK (("kind" = 'DIVIDEND') = ("instrument_id" IS NOT NULL) AND ("instrument_id" IS NULL) = ("tax" IS NULL) AND ("tax" IS NULL OR "tax" BETWEEN 0 AND "amount"));
-- What an announced dividend is looked up against.
CREATE INDEX "cash_movement_dividend_idx" ON "transactional"."cash_movement"("portfolio_id", "instrument_id") WHERE "instrument_id" IS NOT NULL;
