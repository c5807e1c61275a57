SET 'execution.checkpointing.interval' = '10 min';
SET 'execution.checkpointing.intervall' = '10 min';

CREATE TABLE source (id BIGINT, n INT) WITH ('connector' = 'kafka', 'topic' = 's', 'format' = 'json');

CREATE TABLE sink (id BIGINT) WITH (
  'connector' = 'kafka', -- the copies
  'topic' = 'sink',
  'format' = 'json',
  'sink.delivery-guarantee' = 'exactly-once'
);

CREATE TABLE short (id BIGINT) WITH (
  'connector' = 'kafka',
  'topic' = 'sink',
  'format' = 'json',
  'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'short',
  'properties.transaction.timeout.ms' = '60000'
);

CREATE TABLE prices (id BIGINT, PRIMARY KEY (id) NOT ENFORCED) WITH (
  'connector' = 'jdbc',
  'url' = 'jdbc:postgresql://prices.example.org:5432/prices',
  'username' = 'flink_prices',
  'password' = 'kR8w2vQz71mT'
);

INSERT INTO sink SELECT DISTINCT id FROM source;
-- flint: ignore[state-without-ttl] there are ten of them
INSERT INTO prices SELECT n FROM source GROUP BY n;
INSERT INTO prices SELECT id FROM source GROUP BY id;
SET 'parallelism.default' = '4';
