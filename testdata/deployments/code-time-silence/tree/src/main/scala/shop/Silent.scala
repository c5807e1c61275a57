package shop

import org.apache.flink.streaming.api.scala._
import org.apache.flink.streaming.api.windowing.assigners.{SlidingEventTimeWindows, TumblingEventTimeWindows}
import org.apache.flink.streaming.api.windowing.time.Time

object Silent {
  def counts(clicks: DataStream[Click], lateness: Time): DataStream[Click] =
    clicks
      .assignAscendingTimestamps(_.time)
      .keyBy(_.user)
      .window(TumblingEventTimeWindows.of(Time.minutes(1)))
      .allowedLateness(lateness)
      .sum("count")

  // What computes on the windows is elsewhere.
  def windows(clicks: DataStream[Click]) =
    clicks
      .assignAscendingTimestamps(_.time)
      .keyBy(_.user)
      .window(SlidingEventTimeWindows.of(Time.hours(24), Time.seconds(1)))
}
