-- AlterTable
ALTER TABLE "transactional"."trade_booking" ADD COLUMN     "parked_code" TEXT,
ADD COLUMN     "parked_on" DATE,
ADD COLUMN     "parked_reason" TEXT,
ADD COLUMN     "retry_on" DATE;

-- AlterTable
ALTER TABLE "transactional"."settlement_policy" ADD COLUMN     "park_after_business_days" INTEGER NOT NULL DEFAULT 3;

ALTER TABLE "transactional"."trade_booking" ADD CONSTRAINT "trade_booking_parked_check"
  CHECK (("parked_on" IS NULL) = ("parked_code" IS NULL) AND ("parked_on" IS NULL OR "step" IN ('failed', 'buying-in')));

-- What the timer looks for, and what operations have to decide.
CREATE INDEX "trade_booking_retry_idx" ON "transactional"."trade_booking"("retry_on") WHERE "retry_on" IS NOT NULL;
CREATE INDEX "trade_booking_parked_idx" ON "transactional"."trade_booking"("organization_id", "contractual_on", "trade_id") WHERE "parked_on" IS NOT NULL;
