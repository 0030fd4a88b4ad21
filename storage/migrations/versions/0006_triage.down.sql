-- The way back.

DROP TABLE second_opinions, corrections;
