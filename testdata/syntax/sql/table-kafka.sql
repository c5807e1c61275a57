CREATE TABLE orders (
  order_id BIGINT,
  price DECIMAL(10, 2) NOT NULL COMMENT 'in euros, cents',
  tags MAP<STRING, ARRAY<ROW<a INT, b STRING>>>,
  ts TIMESTAMP(3) METADATA FROM 'timestamp' VIRTUAL,
  `offset` BIGINT METADATA,
  total AS price * 2,
  proc AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND,
  PRIMARY KEY (order_id) NOT ENFORCED
) COMMENT 'all of them' PARTITIONED BY (order_id) WITH (
  'connector' = 'kafka', -- where it is
  'topic' = 'orders',
  'properties.bootstrap.servers' = 'kafka:9092',
  'format' = 'json'
);
