CREATE TABLE a (ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'x');
CREATE TABLE b (ts TIMESTAMP(3), WATERMARK FOR `ts` AS `ts` - INTERVAL '1' MINUTE) WITH ('connector' = 'x');
CREATE TABLE c (ts TIMESTAMP(3), WATERMARK FOR ts AS (ts - INTERVAL '0.001' SECOND(3))) WITH ('connector' = 'x');
CREATE TABLE d (ts TIMESTAMP(3), WATERMARK FOR ts AS ts + INTERVAL '2' HOURS) WITH ('connector' = 'x');
CREATE TABLE e (r ROW<ts TIMESTAMP(3)>, WATERMARK FOR r.ts AS r.ts - INTERVAL '1' DAY) WITH ('connector' = 'x');
CREATE TABLE f (ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS SOURCE_WATERMARK()) WITH ('connector' = 'x');
CREATE TABLE g (ts STRING, t AS TO_TIMESTAMP(ts, 'yyyy-MM-dd, HH'), WATERMARK FOR t AS t - INTERVAL '1' MONTH) WITH ('connector' = 'x');
