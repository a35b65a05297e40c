-- What arrived has its moment; of what is older than this it is our own, moved to the real clock.
UPDATE treasury_transfer transfer
   SET done_at = payout.ended_at - make_interval(secs => horizon.offset_seconds)
  FROM treasury_payout payout, points_horizon horizon
 WHERE (payout.member_id, payout.withdrawal_id, payout.transfer_id)
       = (transfer.member_id, transfer.withdrawal_id, transfer.id) AND transfer.state = 'done';
UPDATE treasury_transfer SET done_at = coalesce(sent_at, created_at)
 WHERE state = 'done' AND done_at IS NULL;
ALTER TABLE treasury_transfer ADD CONSTRAINT treasury_transfer_done
    CHECK ((state = 'done') = (done_at IS NOT NULL));
CREATE INDEX treasury_transfer_day ON treasury_transfer (provider, done_at)
    WHERE done_at IS NOT NULL;
-- The number that the channel knows it by, as its bill names it.
CREATE INDEX treasury_transfer_number ON treasury_transfer (('GXT' || id::text));
CREATE INDEX treasury_transfer_sent ON treasury_transfer (provider, sent_at)
    WHERE sent_at IS NOT NULL;
