ALTER TABLE members_message DROP CONSTRAINT members_message_pkey;
ALTER TABLE members_message ADD PRIMARY KEY (member_id, id);
