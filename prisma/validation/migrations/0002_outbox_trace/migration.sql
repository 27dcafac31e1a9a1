-- AlterTable
ALTER TABLE "validation"."outbox_event" ADD COLUMN     "traceparent" TEXT,
ADD COLUMN     "tracestate" TEXT;
