SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.mini-batch.alow-latency' = '5 s';
SET 'table.exec.mini-batch.size' = '5000';

CREATE TABLE orders (
  shop STRING,
  cents BIGINT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts,
  PRIMARY KEY (shop)
) WITH (
  'connector' = 'kafka',
  'topic' = 'orders',
  'properties.bootstrap.servers' = 'kafka:9092',
  'format' = 'json'
);

CREATE TABLE revenue (
  shop STRING,
  minute TIMESTAMP(3),
  cents BIGINT
) WITH ('connector' = 'print');

INSERT INTO revenue
SELECT shop, window_start, SUM(cents)
FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY shop, window_start;
