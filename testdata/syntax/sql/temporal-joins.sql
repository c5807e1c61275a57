SET 'pipeline.name' = 'x';
SELECT * FROM o JOIN r FOR SYSTEM_TIME AS OF o.ts ON o.c = r.c;
SELECT * FROM o LEFT JOIN dim /*+ OPTIONS('lookup.cache' = 'PARTIAL') */ FOR SYSTEM_TIME AS OF o.proc AS d ON o.id = d.id JOIN e FOR SYSTEM_TIME AS OF PROCTIME() f ON f.id = d.id;
