-- By instrument, the events of its closes: whether the newest has been heard is asked before a rule that looks at prices speaks against a trade (platform/events/src/newest.ts).
CREATE INDEX outbox_event_closes_idx ON "rttm"."outbox_event"(key, seq) WHERE type in ('rttm.prices-recorded.v1');
