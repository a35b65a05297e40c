-- A fact is unique by its idempotency key (I-18); all facts in order are (at, id).
ALTER TABLE orders_fact DROP CONSTRAINT orders_fact_pkey;
ALTER TABLE orders_fact ADD PRIMARY KEY (key);
CREATE INDEX orders_fact_in_order ON orders_fact (at, id);
-- What a member sold and took out, and what came back (kinds 9, 11, 13): his own lists.
CREATE INDEX orders_fact_of_member ON orders_fact (home_id, id) WHERE kind IN (9, 11, 13);

ALTER TABLE orders_order DROP CONSTRAINT orders_order_pkey;
ALTER TABLE orders_order ADD PRIMARY KEY (member_id, id);
ALTER TABLE orders_order ADD CONSTRAINT orders_order_amounts
    CHECK (amount > 0 AND returned BETWEEN 0 AND amount);
CREATE INDEX orders_order_due ON orders_order (due_at, due_rank, id);
-- What a store took, newest last: its pages of today, till and orders.
CREATE INDEX orders_order_store ON orders_order (store_id, paid_at, id);

ALTER TABLE orders_refund DROP CONSTRAINT orders_refund_pkey;
ALTER TABLE orders_refund ADD PRIMARY KEY (member_id, id);
ALTER TABLE orders_refund ADD CONSTRAINT orders_refund_amount CHECK (amount > 0);

ALTER TABLE orders_outcome DROP CONSTRAINT orders_outcome_pkey;
ALTER TABLE orders_outcome ADD PRIMARY KEY (home_id, fact_id);
