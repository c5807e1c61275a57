CREATE TABLE t (timestamp STRING, PRIMARY KEY (timestamp)) WITH ('connector' = 'kafka');
