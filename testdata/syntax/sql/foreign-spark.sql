CREATE TABLE t (a STRING) USING delta;
SET spark.sql.shuffle.partitions = 10;
