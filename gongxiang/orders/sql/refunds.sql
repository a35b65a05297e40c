-- What a member was given back (kinds 7, 8): his messages. Refunds are few, so recording a payment pays nothing.
CREATE INDEX orders_fact_refunds_of_member ON orders_fact (home_id, id) WHERE kind IN (7, 8);
