-- AlterTable
ALTER TABLE "trade_capture"."trade_version" ADD COLUMN     "lot_picks" JSONB NOT NULL DEFAULT '[]';
