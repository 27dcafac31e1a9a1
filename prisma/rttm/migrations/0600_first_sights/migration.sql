-- Counts events as handled, and gives those back that were before. Almost always none was, so they are added without asking, at half the cost; where one was, nothing of
-- that stays, and they are asked for one by one. With the place that the outbox has reached: what the transaction writes comes behind it. In the order of their ids, so that
-- two transactions with the same events wait for each other in one direction.
CREATE FUNCTION "rttm"."first_sights"(given TEXT[]) RETURNS SETOF TEXT LANGUAGE plpgsql AS $$
DECLARE
  reached BIGINT := coalesce(pg_sequence_last_value('"rttm"."outbox_event_seq_seq"'), 0);
BEGIN
  IF cardinality(given) >= 16 THEN -- below that, going back costs more than asking
    BEGIN
      INSERT INTO "rttm"."inbox_event" (id, outbox_at) SELECT id, reached FROM unnest(given) AS one (id) ORDER BY id;
      RETURN;
    EXCEPTION WHEN unique_violation THEN
      NULL;
    END;
  END IF;
  RETURN QUERY
    WITH added AS (INSERT INTO "rttm"."inbox_event" (id, outbox_at) SELECT id, reached FROM unnest(given) AS one (id) ORDER BY id ON CONFLICT DO NOTHING RETURNING inbox_event.id)
    SELECT one.id FROM unnest(given) AS one (id) LEFT JOIN added USING (id) WHERE added.id IS NULL;
END $$;
