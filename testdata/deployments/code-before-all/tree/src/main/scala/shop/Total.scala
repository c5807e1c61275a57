package shop

import org.apache.flink.streaming.api.TimeCharacteristic
import org.apache.flink.streaming.api.scala._

object Total {
  def main(args: Array[String]): Unit = {
    val env = StreamExecutionEnvironment.getExecutionEnvironment
    env.setStreamTimeCharacteristic(TimeCharacteristic.IngestionTime)
    env.socketTextStream("clicks.example.com", 9000).map(line => (line, 1)).keyBy(0).sum(1).print()
    env.execute("total")
  }
}
