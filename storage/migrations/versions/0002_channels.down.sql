-- The way back.
DROP TABLE reviews, link_codes, shown;
