-- Since when an event waits for others' events, which are written and have not come to its consumer yet: it is no failure, and no attempt is counted.
ALTER TABLE "bus"."parked_event" ADD COLUMN     "waits_since" TIMESTAMPTZ(6);
