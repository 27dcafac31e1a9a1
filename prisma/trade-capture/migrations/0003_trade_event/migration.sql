-- AlterTable
ALTER TABLE "trade_capture"."known_portfolio" ADD COLUMN     "last_event" BIGINT NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "trade_capture"."trade_event" (
    "portfolio_id" TEXT NOT NULL,
    "number" BIGINT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "trade_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "trade_event_pkey" PRIMARY KEY ("portfolio_id","number")
);
