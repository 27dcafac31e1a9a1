-- AlterTable
ALTER TABLE "analytics"."outbox_event" ADD COLUMN     "traceparent" TEXT,
ADD COLUMN     "tracestate" TEXT;
