-- AlterTable
ALTER TABLE "leaderboard"."outbox_event" ADD COLUMN     "traceparent" TEXT,
ADD COLUMN     "tracestate" TEXT;
