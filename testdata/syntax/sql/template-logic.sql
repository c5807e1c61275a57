{% if prod %}
SET 'parallelism.default' = '8';
{% endif %}
CREATE TABLE t (a INT) WITH ('connector' = 'kafka', 'topic' = 'o');
