-- By portfolio, the events of what moves its cash or units without a trade, which are few: whether the newest has been heard is asked before a trade is rejected for want of
-- either. The condition is that of the question (platform/events/src/newest.ts; what is asked, in subgraphs/validation/src/domain/tidings.ts).
CREATE INDEX outbox_event_moves_idx ON "transactional"."outbox_event"(key, seq)
  WHERE type in ('transactional.cash-moved.v1', 'transactional.corporate-action-applied.v1', 'transactional.corporate-action-reversed.v1')
    and coalesce(data ->> 'kind', '') not in ('TRADE', 'REVERSAL', 'SETTLEMENT');
