-- The default, and no other opinion than the cluster's: what the file says still counts.
SET 'execution.runtime-mode' = 'streaming';
CREATE TABLE clicks (id BIGINT) WITH ('connector' = 'datagen');
CREATE TABLE copies (id BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO copies SELECT id FROM clicks;
