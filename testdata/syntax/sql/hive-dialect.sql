SET 'table.sql-dialect' = 'hive';
CREATE TABLE h (a STRING) PARTITIONED BY (dt STRING) STORED AS parquet TBLPROPERTIES ('sink.partition-commit.policy.kind' = 'metastore');
