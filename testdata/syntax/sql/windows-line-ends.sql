SET 'pipeline.name' = 'x';
CREATE TABLE t (
  a INT
) WITH (
  'connector' = 'kafka'
);
