-- AlterTable
ALTER TABLE "transactional"."currency_exchange" ADD COLUMN     "cancelled" BOOLEAN NOT NULL DEFAULT false;

-- What is settled or taken back waits for nothing.
DROP INDEX "transactional"."currency_exchange_due_idx";
CREATE INDEX "currency_exchange_due_idx" ON "transactional"."currency_exchange"("value_on", "portfolio_id") WHERE "settled_on" IS NULL AND NOT "cancelled";

-- A claim goes with the trade that it is about.
ALTER TABLE "transactional"."settlement_claim" DROP CONSTRAINT "settlement_claim_status_check";
ALTER TABLE "transactional"."settlement_claim" ADD CONSTRAINT "settlement_claim_status_check" CHECK ("status" IN ('PROPOSED', 'BOOKED', 'WITHDRAWN', 'CANCELLED'));

-- What is read of a portfolio at a moment, and is rare among its facts.
CREATE INDEX "fact_rare_idx" ON "transactional"."fact"("portfolio_id", "kind", "sequence")
  WHERE "kind" IN ('LOT_METHOD_SET', 'CURRENCY_EXCHANGED', 'CURRENCY_SETTLED', 'CURRENCY_EXCHANGE_CANCELLED', 'SETTLEMENT_NETTED');
