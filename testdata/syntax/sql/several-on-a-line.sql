SET 'pipeline.name' = 'x'; USE CATALOG c; CREATE TABLE t (a INT) WITH ('connector' = 'kafka', 'topic' = 'o'); INSERT INTO t SELECT 1;
