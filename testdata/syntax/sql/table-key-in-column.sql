CREATE TABLE t (id INT PRIMARY KEY NOT ENFORCED, v STRING) WITH ('connector' = 'kafka', 'topic' = 'o');
CREATE TABLE u (id INT PRIMARY KEY, CONSTRAINT k PRIMARY KEY (id)) WITH ('connector' = 'kafka', 'topic' = 'o');
