-- One account a store and channel; an open one has its number (P2).
ALTER TABLE payments_submerchant DROP CONSTRAINT payments_submerchant_pkey;
ALTER TABLE payments_submerchant ADD PRIMARY KEY (store_id, provider);
ALTER TABLE payments_submerchant ADD CONSTRAINT payments_submerchant_open
    CHECK (state <> 'open' OR number <> '');
