SET hive.exec.dynamic.partition=true;
SET mapreduce.job.reduces=4;
CREATE TABLE t (timestamp STRING) PARTITIONED BY (dt STRING) STORED AS ORC;
INSERT OVERWRITE TABLE t PARTITION (dt = '1') SELECT timestamp FROM s GROUP BY timestamp;
