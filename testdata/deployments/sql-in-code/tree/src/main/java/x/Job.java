package x;

import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.EnvironmentSettings;

public class Job {
  public static void main(String[] args) {
    TableEnvironment env = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
    env.executeSql("CREATE TABLE orders (id INT, ts TIMESTAMP(3), PRIMARY KEY (id)) WITH ('connector' = 'kafka', 'password' = 'kR8w2vQz71mT')");
    env.executeSql("""
        CREATE TABLE named (
          id BIGINT,
          n BIGINT,
          timestamp STRING
        ) WITH (
          'connector' = 'kafka',
          'format' = 'json',
          'sink.delivery-guarantee' = 'exactly-once'
        )
        """);
    env.executeSql("INSERT INTO named SELECT id, COUNT(*) FROM orders GROUP BY id");
    env.sqlQuery("SELECT window_start FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end");
  }
}
