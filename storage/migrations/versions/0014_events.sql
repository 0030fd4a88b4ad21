-- How often an event was taken up after a crash, so that one which ends the program each time is set aside; and what was
-- said or pressed is kept only until it is answered.
ALTER TABLE events ADD COLUMN tries INTEGER DEFAULT '0' NOT NULL;
ALTER TABLE events ADD COLUMN tried_at TIMESTAMP WITH TIME ZONE;
UPDATE events SET body = '{}' WHERE done_at IS NOT NULL;
