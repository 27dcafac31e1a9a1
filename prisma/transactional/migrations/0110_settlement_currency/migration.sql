-- AlterTable
ALTER TABLE "transactional"."trade_booking" ADD COLUMN     "cash_amount" DECIMAL(38,18),
ADD COLUMN     "cash_currency" TEXT;
ALTER TABLE "transactional"."trade_booking" ADD CONSTRAINT "trade_booking_cash_check" CHECK (("cash_currency" IS NULL) = ("cash_amount" IS NULL) AND "cash_currency" <> "currency");
