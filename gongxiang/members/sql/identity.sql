-- One person may have several accounts, an account is one person's.
ALTER TABLE members_cluster DROP CONSTRAINT members_cluster_pkey;
ALTER TABLE members_cluster ADD PRIMARY KEY (cluster, member_id);
