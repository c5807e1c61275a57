package shop;

import org.apache.flink.streaming.api.TimeCharacteristic;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.WindowedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.timestamps.AscendingTimestampExtractor;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;

public class Old {
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setStreamTimeCharacteristic(TimeCharacteristic.EventTime);
        DataStream<Click> clicks = env.socketTextStream("clicks.example.com", 9000)
                .map(Click::parse)
                .assignTimestampsAndWatermarks(
                        new AscendingTimestampExtractor<Click>() {
                            @Override
                            public long extractAscendingTimestamp(Click click) {
                                return click.time;
                            }
                        });
        // The windowed stream has a name, and nothing is done about late records under it.
        WindowedStream<Click, String, TimeWindow> windowed =
                clicks.keyBy(Click::user).window(TumblingEventTimeWindows.of(Sizes.MINUTE));
        windowed.sum("count").print();
        clicks.keyBy(Click::user)
                .window(TumblingEventTimeWindows.of(Sizes.MINUTE)) // per minute
                .reduce(Click::plus)
                .print();
        env.execute("clicks");
    }
}
