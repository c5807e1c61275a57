SET 'parallelism.default' = '2';
SET 'pipeline.name' = 'x';
RESET 'parallelism.default';
SET 'table.exec.state.ttl' = '1 h';
