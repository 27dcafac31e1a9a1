-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "bus";

-- CreateTable
CREATE TABLE "bus"."sequencer" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "last_position" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "sequencer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bus"."cursor" (
    "consumer" TEXT NOT NULL,
    "position" BIGINT NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cursor_pkey" PRIMARY KEY ("consumer")
);

-- CreateTable
CREATE TABLE "bus"."parked_event" (
    "consumer" TEXT NOT NULL,
    "position" BIGINT NOT NULL,
    "event_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "event" JSONB NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "dead" BOOLEAN NOT NULL DEFAULT false,
    "error" TEXT NOT NULL DEFAULT '',
    "parked_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "failed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "next_attempt_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "parked_event_pkey" PRIMARY KEY ("consumer","position")
);

-- CreateIndex
CREATE INDEX "parked_event_consumer_key_position_idx" ON "bus"."parked_event"("consumer", "key", "position");

INSERT INTO "bus"."sequencer" ("id") VALUES (1);
