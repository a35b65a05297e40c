-- One agent per region at a time: half-open periods never overlap; empty ones take nothing (R5).
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE regions_contract ADD CONSTRAINT regions_contract_one_at_a_time
    EXCLUDE USING gist (level WITH =, region WITH =, tstzrange(start_at, end_at) WITH &&);
