SET 'pipeline.name' = 'x';
WITH a AS (SELECT * FROM s), b (c, d) AS (SELECT x, y FROM a JOIN t ON a.i = t.i) SELECT DISTINCT c FROM b;
