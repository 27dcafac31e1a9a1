-- Where the outbox stood when an event was handled: what was written because of it comes after, and is found without an index of its own.
ALTER TABLE "rttm"."inbox_event" ADD COLUMN     "outbox_at" BIGINT;
