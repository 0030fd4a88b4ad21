-- The way back. The words of answered events are not there any more.
ALTER TABLE events DROP COLUMN tried_at;
ALTER TABLE events DROP COLUMN tries;
