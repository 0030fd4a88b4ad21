-- The way back.

DROP TABLE styles, commitment_reads, commitments;
