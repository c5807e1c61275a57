-- What the planner refuses or makes something else of.
CREATE TABLE clicks (
  page STRING,
  ts TIMESTAMP(3)
) WITH ('connector' = 'kafka', 'topic' = 'clicks', 'format' = 'json');

CREATE VIEW shown AS SELECT page, ts FROM clicks;

SELECT COUNT(*) FROM clicks GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE);

SELECT window_start, window_end, COUNT(*)
FROM TABLE(TUMBLE(TABLE shown, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end;

WITH pages AS (SELECT c.ts AS seen FROM clicks AS c)
SELECT window_start, window_end
FROM TABLE(CUMULATE(TABLE pages, DESCRIPTOR(seen), INTERVAL '2' MINUTE, INTERVAL '5' MINUTE))
GROUP BY window_start, window_end;

SELECT * FROM clicks ORDER BY page;
