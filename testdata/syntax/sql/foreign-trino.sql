CREATE TABLE t (a BIGINT) WITH (format = 'PARQUET', partitioned_by = ARRAY['a']);
