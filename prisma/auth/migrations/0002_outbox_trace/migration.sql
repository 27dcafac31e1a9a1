-- AlterTable
ALTER TABLE "auth"."outbox_event" ADD COLUMN     "traceparent" TEXT,
ADD COLUMN     "tracestate" TEXT;
