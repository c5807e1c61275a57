SET 'pipeline.name' = 'x';
SELECT * FROM a JOIN b ON a.id = b.id LEFT OUTER JOIN c AS d ON b.id = d.id AND LEFT(d.x, 1) = 'q' FULL JOIN e USING (id) CROSS JOIN f, g h WHERE a.x IS DISTINCT FROM b.x;
