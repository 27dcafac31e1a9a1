-- AlterTable
ALTER TABLE "portfolio"."outbox_event" ADD COLUMN     "traceparent" TEXT,
ADD COLUMN     "tracestate" TEXT;
