SET 'parallelism.default' = '2';
RESET;
SET 'pipeline.name' = 'x';
