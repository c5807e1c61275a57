CREATE TABLE t WITH ('connector' = 'kafka', 'topic' = 'o') AS SELECT a, b FROM s WHERE a > 1;
