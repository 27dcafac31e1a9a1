-- An event's data are written once and read whole, and nobody looks into them here: as text they are stored as they came, and handed on as they are.
ALTER TABLE "rttm"."outbox_event" ALTER COLUMN "data" TYPE JSON USING "data"::json;
