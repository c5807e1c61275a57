SET execution.type=batch;
SET execution.result-mode=tableau;
SET table.planner=blink;
SET parallelism.default=1;
