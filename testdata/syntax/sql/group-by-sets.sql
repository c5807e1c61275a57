SET 'pipeline.name' = 'x';
SELECT a, b, COUNT(DISTINCT c) FROM t GROUP BY GROUPING SETS ((a, b), (a), ());
SELECT a FROM t GROUP BY ROLLUP (a, b), CAST(ts AS DATE);
