-- Events that nobody has taken over for delivery yet stand in a narrow table of their own: taking one over touches the event itself no more.
CREATE TABLE "auth"."outbox_waiting" (
    "seq" BIGINT NOT NULL,
    "shard" SMALLINT NOT NULL,
    "event_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "outbox_waiting_pkey" PRIMARY KEY ("seq")
);

INSERT INTO "auth"."outbox_waiting" ("seq", "shard", "event_id", "type", "recorded_at")
SELECT "seq", mod(abs(hashtextextended("key", 0)), 16), "id", "type", "recorded_at" FROM "auth"."outbox_event" WHERE "position" IS NULL;

-- Positions that were given already move to the bus, where all domains' stand together. (A new database has none, and may have no bus yet.)
DO $$ BEGIN
    IF EXISTS (SELECT FROM "auth"."outbox_event" WHERE "position" > 0) THEN
        CREATE TABLE IF NOT EXISTS "bus"."placed_event" (
            "position" BIGINT NOT NULL,
            "publisher" TEXT NOT NULL,
            "seq" BIGINT NOT NULL,
            "event_id" TEXT NOT NULL,
            "type" TEXT NOT NULL,

            CONSTRAINT "placed_event_pkey" PRIMARY KEY ("position")
        );
        INSERT INTO "bus"."placed_event" ("position", "publisher", "seq", "event_id", "type")
        SELECT "position", 'auth', "seq", "id", "type" FROM "auth"."outbox_event" WHERE "position" > 0;
    END IF;
END $$;

DROP INDEX "auth"."outbox_event_unpublished_idx";
DROP INDEX "auth"."outbox_event_position_key";
ALTER TABLE "auth"."outbox_event" DROP COLUMN "position";
