-- What a trade is charged in other currencies than that of its cash; null where nothing is. With a charge the cash may be in the trade's own currency and yet not all of its amount.
ALTER TABLE "transactional"."trade_booking" ADD COLUMN     "charges" JSONB;
ALTER TABLE "transactional"."trade_booking" DROP CONSTRAINT "trade_booking_cash_check";
ALTER TABLE "transactional"."trade_booking" ADD CONSTRAINT "trade_booking_cash_check"
  CHECK (("cash_currency" IS NULL) = ("cash_amount" IS NULL) AND ("cash_currency" <> "currency" OR "charges" IS NOT NULL));
