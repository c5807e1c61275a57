SET 'pipeline.name' = 'a';
INSERT INTO t SELECT * FROM s;
SET 'pipeline.name' = 'b';
INSERT INTO u SELECT * FROM s;
