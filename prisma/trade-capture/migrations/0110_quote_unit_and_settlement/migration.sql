-- AlterTable
ALTER TABLE "trade_capture"."known_instrument" ADD COLUMN     "quote_unit" TEXT;

-- AlterTable
ALTER TABLE "trade_capture"."trade_version" ADD COLUMN     "quote_unit" TEXT,
ADD COLUMN     "settlement_currency" TEXT,
ADD COLUMN     "settlement_rate" DECIMAL(38,18);
ALTER TABLE "trade_capture"."trade_version" ADD CONSTRAINT "trade_version_settlement_check" CHECK (("settlement_currency" IS NULL) = ("settlement_rate" IS NULL) AND "settlement_rate" > 0);
