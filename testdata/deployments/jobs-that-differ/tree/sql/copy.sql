-- No checkpoints here, whatever the file says.
SET 'execution.runtime-mode' = 'batch';
CREATE TABLE clicks (id BIGINT) WITH ('connector' = 'datagen');
CREATE TABLE copies (id BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO copies SELECT id FROM clicks;
