-- AlterTable
ALTER TABLE "transactional"."trade_booking" ADD COLUMN     "lot_picks" JSONB;

-- CreateTable
CREATE TABLE "transactional"."lot_closing" (
    "portfolio_id" TEXT NOT NULL,
    "closed_on" DATE NOT NULL,
    "day_order" BIGINT NOT NULL,
    "closed_by" TEXT NOT NULL,
    "instrument_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "line" INTEGER NOT NULL,
    "organization_id" TEXT NOT NULL,
    "lot_id" TEXT NOT NULL,
    "opened_on" DATE NOT NULL,
    "named" BOOLEAN NOT NULL,
    "quantity" DECIMAL(38,18) NOT NULL,
    "cost" DECIMAL(38,18) NOT NULL,
    "proceeds" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "lot_closing_pkey" PRIMARY KEY ("portfolio_id","closed_on","day_order","closed_by","instrument_id","currency","line")
);

ALTER TABLE "transactional"."lot_closing" ADD CONSTRAINT "lot_closing_quantity_check" CHECK ("quantity" <> 0);
