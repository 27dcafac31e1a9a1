-- How far each outbox was looked through for events that are old enough to go.
CREATE TABLE "bus"."pruned" (
    "publisher" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,

    CONSTRAINT "pruned_pkey" PRIMARY KEY ("publisher")
);
