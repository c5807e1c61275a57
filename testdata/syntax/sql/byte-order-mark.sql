SET 'pipeline.name' = 'x';
SELECT 1;
