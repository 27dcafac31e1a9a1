-- AlterTable
ALTER TABLE "trade_capture"."outbox_event" ADD COLUMN     "traceparent" TEXT,
ADD COLUMN     "tracestate" TEXT;
