-- A case is asked for once a key (I-18), and one is open for an order (C1).
ALTER TABLE treasury_refundcase DROP CONSTRAINT treasury_refundcase_pkey;
ALTER TABLE treasury_refundcase ADD PRIMARY KEY (member_id, id);
ALTER TABLE treasury_refundcase ADD CONSTRAINT treasury_refundcase_amount CHECK (amount > 0);
ALTER TABLE treasury_refundcase ADD CONSTRAINT treasury_refundcase_two_officers
    CHECK (maker = '' OR maker <> checker);
CREATE UNIQUE INDEX treasury_refundcase_key ON treasury_refundcase (member_id, key);
CREATE UNIQUE INDEX treasury_refundcase_open ON treasury_refundcase (member_id, order_id)
    WHERE state < 4;
CREATE INDEX treasury_refundcase_order ON treasury_refundcase (member_id, order_id, id);
CREATE INDEX treasury_refundcase_store ON treasury_refundcase (store_id, id);
-- What is not at its end: the queue of reviews, and what waits for the store or for its place.
CREATE INDEX treasury_refundcase_queue ON treasury_refundcase (state, id) WHERE state < 4;
