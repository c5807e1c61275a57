package shop

import org.apache.flink.streaming.api.functions.timestamps.AscendingTimestampExtractor
import org.apache.flink.streaming.api.scala._
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows
import org.apache.flink.streaming.api.windowing.time.Time

class Times extends AscendingTimestampExtractor[Click] {
  override def extractAscendingTimestamp(click: Click): Long = click.time
}

object Late {
  def counts(clicks: DataStream[Click]): DataStream[Click] = {
    clicks
      .assignTimestampsAndWatermarks(new Times())
      .keyBy(_.user)
      .window(TumblingEventTimeWindows.of(Time.minutes(1)))
      .sum("count")
  }
}
