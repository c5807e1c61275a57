CREATE TEMPORARY TABLE IF NOT EXISTS `my cat`.`db`.`t` (`a b` INT) WITH ('connector' = 'kafka', 'topic' = 'o');
