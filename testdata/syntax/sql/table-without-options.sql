SET 'pipeline.name' = 'x';
CREATE TABLE db.t (a INT, b AS a + 1);
