CREATE TABLE t (id INT) DISTRIBUTED BY HASH(id) INTO 6 BUCKETS PARTITIONED BY (id) WITH ('connector' = 'kafka', 'topic' = 'o');
