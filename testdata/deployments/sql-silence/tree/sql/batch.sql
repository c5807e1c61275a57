SET 'execution.runtime-mode' = 'batch';
CREATE TABLE files (id BIGINT, ts TIMESTAMP(3)) WITH ('connector' = 'filesystem', 'path' = '/data', 'format' = 'json');
CREATE TABLE counts (id BIGINT, n BIGINT) WITH ('connector' = 'filesystem', 'path' = '/counts', 'format' = 'json');
INSERT INTO counts SELECT id, COUNT(*) FROM files GROUP BY id;
SELECT window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE files, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start;
SELECT * FROM files ORDER BY id;
