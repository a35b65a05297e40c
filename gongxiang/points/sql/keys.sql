-- Open lots by exit price (which leaves next, E14) and by member (which he may sell, E11).
ALTER TABLE points_lot DROP CONSTRAINT points_lot_pkey;
ALTER TABLE points_lot ADD PRIMARY KEY (member_id, id);
ALTER TABLE points_lot ADD CONSTRAINT points_lot_amounts
    CHECK (spend >= 0 AND minted >= 0 AND "left" >= 0 AND sold >= 0 AND gross >= 0 AND net >= 0
           AND ("left" > 0) = (exit_price IS NOT NULL));
CREATE INDEX points_lot_exit ON points_lot (exit_price) WHERE "left" > 0;
CREATE INDEX points_lot_open ON points_lot (member_id, step) WHERE "left" > 0;

ALTER TABLE points_sale DROP CONSTRAINT points_sale_pkey;
ALTER TABLE points_sale ADD PRIMARY KEY (member_id, id);

ALTER TABLE points_pool ADD CONSTRAINT points_pool_one_row CHECK (id = 1);
ALTER TABLE points_pool ADD CONSTRAINT points_pool_pair CHECK (money >= 0 AND circulating > 0);
ALTER TABLE points_pool SET (fillfactor = 50);
ALTER TABLE points_horizon ADD CONSTRAINT points_horizon_one_row CHECK (id = 1);
INSERT INTO points_horizon (id, at, offset_seconds) VALUES (1, '0001-01-01T00:00:00Z', 0);
