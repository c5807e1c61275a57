import org.apache.flink.streaming.api.scala._
object Job {
  def main(args: Array[String]): Unit = {
    val env = StreamExecutionEnvironment.getExecutionEnvironment
    env.setParallelism(3)
    env.getConfig.enableObjectReuse()
    env.getCheckpointConfig.setMinPauseBetweenCheckpoints(500)
  }
}
