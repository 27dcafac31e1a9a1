-- Events that waited together are placed together, in one row with the position of the last. Rows of before, which may move here yet with the domains' tables, are of one event in two columns.
ALTER TABLE "bus"."placed_event" ADD COLUMN "events" INTEGER NOT NULL DEFAULT 1, ADD COLUMN "seqs" BIGINT[], ADD COLUMN "event_ids" TEXT[], ADD COLUMN "types" TEXT[],
    ALTER COLUMN "event_id" DROP NOT NULL, ALTER COLUMN "type" DROP NOT NULL;
