-- Where each event stands in the one order over all domains. It may be there already: positions of an older release move here with the domains' tables.
CREATE TABLE IF NOT EXISTS "bus"."placed_event" (
    "position" BIGINT NOT NULL,
    "publisher" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "event_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,

    CONSTRAINT "placed_event_pkey" PRIMARY KEY ("position")
);
