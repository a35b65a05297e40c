-- One row a store, channel and number; it is found by the number, too (bills).
ALTER TABLE payments_formeraccount DROP CONSTRAINT payments_formeraccount_pkey;
ALTER TABLE payments_formeraccount ADD PRIMARY KEY (store_id, provider, number);
