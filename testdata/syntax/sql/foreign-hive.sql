SET hive.exec.dynamic.partition=true;
CREATE TABLE t (a STRING) ROW FORMAT DELIMITED STORED AS ORC;
