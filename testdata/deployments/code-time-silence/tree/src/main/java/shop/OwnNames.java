package shop;

import org.apache.flink.streaming.api.datastream.DataStream;
import shop.time.AscendingTimestampExtractor;
import shop.time.Duration;
import shop.time.TimeCharacteristic;
import shop.time.TumblingEventTimeWindows;
import shop.time.WatermarkStrategy;

/** Classes of the same names that are not Flink's. */
public class OwnNames {
    static void count(Environment env, DataStream<Click> clicks) {
        env.setStreamTimeCharacteristic(TimeCharacteristic.EventTime);
        clicks.assignTimestampsAndWatermarks(new AscendingTimestampExtractor<Click>() {
                    @Override
                    public long extractAscendingTimestamp(Click click) {
                        return click.time;
                    }
                })
                .keyBy(Click::user)
                .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)))
                .sum("count");
        clicks.assignTimestampsAndWatermarks(WatermarkStrategy.<Click>forMonotonousTimestamps())
                .keyBy(Click::user)
                .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)))
                .sum("count");
    }
}
