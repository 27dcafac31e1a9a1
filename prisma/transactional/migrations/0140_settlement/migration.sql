-- AlterTable
ALTER TABLE "transactional"."trade_booking" ADD COLUMN     "buy_in_on" DATE,
ADD COLUMN     "counterparty" TEXT,
ADD COLUMN     "custody_account" TEXT,
ADD COLUMN     "failed_on" DATE,
ADD COLUMN     "failure_code" TEXT,
ADD COLUMN     "matched" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "net_set_id" TEXT,
ADD COLUMN     "part_amount" DECIMAL(38,18) NOT NULL DEFAULT 0,
ADD COLUMN     "part_quantity" DECIMAL(38,18) NOT NULL DEFAULT 0,
ADD COLUMN     "place_of_settlement" TEXT;

-- CreateTable
CREATE TABLE "transactional"."custody" (
    "portfolio_id" TEXT NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "quantity" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "custody_pkey" PRIMARY KEY ("portfolio_id","instrument_id","currency")
);

-- CreateTable
CREATE TABLE "transactional"."settlement_claim" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "portfolio_id" TEXT NOT NULL,
    "trade_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "amount" DECIMAL(38,18) NOT NULL,
    "terms" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "raised_by" TEXT NOT NULL,
    "raised_at" TIMESTAMPTZ(6) NOT NULL,
    "decided_by" TEXT,
    "decided_at" TIMESTAMPTZ(6),
    "reason" TEXT,

    CONSTRAINT "settlement_claim_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "transactional"."settlement_policy" (
    "organization_id" TEXT NOT NULL,
    "buy_in_after_business_days" INTEGER NOT NULL,
    "claims_need_second_person" BOOLEAN NOT NULL,
    "updated_by" TEXT NOT NULL,

    CONSTRAINT "settlement_policy_pkey" PRIMARY KEY ("organization_id")
);

-- CreateTable
CREATE TABLE "transactional"."settlement_request" (
    "organization_id" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,
    "reference" TEXT NOT NULL,

    CONSTRAINT "settlement_request_pkey" PRIMARY KEY ("organization_id","idempotency_key")
);

-- CreateIndex
CREATE INDEX "settlement_claim_trade_id_idx" ON "transactional"."settlement_claim"("trade_id");

-- CreateIndex
CREATE INDEX "settlement_claim_portfolio_id_idx" ON "transactional"."settlement_claim"("portfolio_id");

-- Until now an instruction was not matched: what waits for its date counts as matched, as it does where no counterparty is named.
ALTER TABLE "transactional"."trade_booking" DROP CONSTRAINT "trade_booking_step_check";
UPDATE "transactional"."trade_booking" SET "step" = 'matched' WHERE "step" = 'instructed';
UPDATE "transactional"."trade_booking" AS b SET "failure_code" = 'INSUFFICIENT_CASH', "failed_on" = (
  SELECT f."effective_on" FROM "transactional"."fact" AS f
  WHERE f."trade_id" = b."trade_id" AND f."version" = b."version" AND f."kind" = 'SETTLEMENT_FAILED' ORDER BY f."sequence" DESC LIMIT 1)
  WHERE "step" = 'failed';
ALTER TABLE "transactional"."trade_booking" ADD CONSTRAINT "trade_booking_step_check" CHECK ("step" IN ('instructed', 'matched', 'settled', 'failed', 'buying-in', 'cancelled'));
ALTER TABLE "transactional"."settlement_claim" ADD CONSTRAINT "settlement_claim_status_check" CHECK ("status" IN ('PROPOSED', 'BOOKED', 'WITHDRAWN'));

DROP INDEX "transactional"."trade_booking_due_idx";
CREATE INDEX "trade_booking_due_idx" ON "transactional"."trade_booking"("contractual_on", "portfolio_id") WHERE "step" IN ('instructed', 'matched');
-- What operations look at: all that is open, by organisation and date.
CREATE INDEX "trade_booking_open_idx" ON "transactional"."trade_booking"("organization_id", "contractual_on", "trade_id") WHERE "step" IN ('instructed', 'matched', 'failed', 'buying-in');
CREATE INDEX "trade_booking_failed_idx" ON "transactional"."trade_booking"("contractual_on") WHERE "step" IN ('failed', 'buying-in');
CREATE INDEX "trade_booking_net_set_idx" ON "transactional"."trade_booking"("net_set_id") WHERE "net_set_id" IS NOT NULL;

-- What has settled so far is with the custodian.
INSERT INTO "transactional"."custody" ("portfolio_id", "instrument_id", "currency", "organization_id", "quantity")
  SELECT "portfolio_id", "instrument_id", "currency", "organization_id", sum("quantity") FROM "transactional"."trade_booking"
  WHERE "step" = 'settled' GROUP BY 1, 2, 3, 4;
