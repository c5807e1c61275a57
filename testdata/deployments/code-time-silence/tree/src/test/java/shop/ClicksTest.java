package shop;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.TimeCharacteristic;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.time.Time;

public class ClicksTest {
    void counts(StreamExecutionEnvironment env, DataStream<Click> clicks) {
        env.setStreamTimeCharacteristic(TimeCharacteristic.EventTime);
        clicks.assignTimestampsAndWatermarks(WatermarkStrategy.<Click>forMonotonousTimestamps())
                .keyBy(Click::user)
                .window(TumblingEventTimeWindows.of(Time.minutes(1)))
                .sum("count");
    }
}
