SET 'parallelism.default' = '${PARALLELISM}';
SET 'pipeline.name' = '{{ name }}';
CREATE TABLE ${PREFIX}_orders (a INT) WITH ('connector' = 'kafka', 'topic' = '{{ topic }}', 'properties.bootstrap.servers' = '$BROKERS');
INSERT INTO {{ sink }} SELECT * FROM ${db}.s;
