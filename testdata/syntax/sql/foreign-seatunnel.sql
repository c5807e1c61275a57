CREATE TABLE s WITH ('connector' = 'jdbc', 'type' = 'source');
