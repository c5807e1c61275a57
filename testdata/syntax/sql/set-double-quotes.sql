SET 'parallelism.default' = '2';
SET "table.exec.state.ttl" = '1 h';
