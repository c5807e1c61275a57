SET table.exec.state.ttl = 1d;
set parallelism.default=4 ;
SET execution.checkpointing.interval = '10 s';
