-- Events that were written together wait in one row for each shard: a row an event was an eighth of what it costs to book a trade.
ALTER TABLE "portfolio"."outbox_waiting" ADD COLUMN "events" INTEGER, ADD COLUMN "seqs" BIGINT[], ADD COLUMN "event_ids" TEXT[], ADD COLUMN "types" TEXT[];
UPDATE "portfolio"."outbox_waiting" SET "events" = 1, "seqs" = ARRAY["seq"], "event_ids" = ARRAY["event_id"], "types" = ARRAY["type"];
ALTER TABLE "portfolio"."outbox_waiting" ALTER COLUMN "events" SET NOT NULL, DROP COLUMN "event_id", DROP COLUMN "type";
