SET 'pipeline.name' = 'größe';
CREATE TABLE `größe` (`straße` STRING COMMENT 'ü', ключ INT) WITH ('connector' = 'kafka', 'topic' = 'тема');
