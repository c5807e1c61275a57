SET 'execution.runtime-mode' = 'streaming';
SET 'table.exec.state.ttl' = '1 d';
