package x;

import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;

public class Batch {
  public static void main(String[] args) {
    TableEnvironment env = TableEnvironment.create(EnvironmentSettings.inBatchMode());
    env.executeSql("CREATE TABLE clicks (id INT, ts TIMESTAMP(3)) WITH ('connector' = 'kafka', 'format' = 'json')");
    env.executeSql("CREATE TABLE counts (id INT, n BIGINT) WITH ('connector' = 'kafka', 'format' = 'json')");
    env.executeSql("INSERT INTO counts SELECT id, COUNT(*) FROM clicks GROUP BY id");
    env.executeSql("CREATE TABLE " + args[0] + " (timestamp STRING) WITH ('connector' = 'kafka')");
    env.sqlQuery("SELECT * FROM clicks ORDER BY id");
  }
}
