package shop;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.WindowedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.GlobalWindows;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.TumblingProcessingTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.OutputTag;

public class Silent {
    static final OutputTag<Click> LATE = new OutputTag<Click>("late") {};

    // Lateness on the variable that holds the windowed stream.
    static void onTheVariable(DataStream<Click> clicks) {
        WindowedStream<Click, String, TimeWindow> windowed = ascending(clicks)
                .keyBy(Click::user)
                .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)));
        windowed.sideOutputLateData(LATE);
        windowed.sum("count").print();
    }

    // The windowed stream goes where nobody can follow.
    static WindowedStream<Click, String, TimeWindow> handedOut(DataStream<Click> clicks) {
        DataStream<Click> timed =
                clicks.assignTimestampsAndWatermarks(WatermarkStrategy.<Click>forMonotonousTimestamps());
        return timed.keyBy(Click::user).window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)));
    }

    static void handedOn(DataStream<Click> clicks) {
        WindowedStream<Click, String, TimeWindow> windowed = clicks
                .assignTimestampsAndWatermarks(WatermarkStrategy.<Click>forMonotonousTimestamps())
                .keyBy(Click::user)
                .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)));
        Reports.late(windowed);
        windowed.sum("count").print();
    }

    // A strategy from elsewhere, and one that depends.
    static void unknownStrategy(DataStream<Click> clicks, boolean ordered) {
        clicks.assignTimestampsAndWatermarks(Strategies.CLICKS)
                .keyBy(Click::user)
                .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)))
                .sum("count");
        WatermarkStrategy<Click> strategy = WatermarkStrategy.<Click>forMonotonousTimestamps();
        if (!ordered) {
            strategy = WatermarkStrategy.<Click>forBoundedOutOfOrderness(Duration.ofSeconds(5));
        }
        clicks.assignTimestampsAndWatermarks(strategy)
                .keyBy(Click::user)
                .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)))
                .sum("count");
    }

    // Given to the source: a source keeps watermarks per partition.
    static void inTheSource(StreamExecutionEnvironment env, KafkaSource<Click> source) {
        env.fromSource(source, WatermarkStrategy.<Click>forMonotonousTimestamps(), "clicks")
                .keyBy(Click::user)
                .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)))
                .sum("count");
    }

    // Literal records, and a source of the author's own: the author knows their order.
    static void ownOrder(StreamExecutionEnvironment env) {
        env.fromElements(new Click(1), new Click(2))
                .assignTimestampsAndWatermarks(WatermarkStrategy.<Click>forMonotonousTimestamps())
                .keyBy(Click::user)
                .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)))
                .sum("count");
        env.addSource(new SortedClicks())
                .assignTimestampsAndWatermarks(WatermarkStrategy.<Click>forMonotonousTimestamps())
                .keyBy(Click::user)
                .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)))
                .sum("count");
    }

    // The clock never goes back.
    static void clock(StreamExecutionEnvironment env) {
        env.socketTextStream("clicks.example.com", 9000)
                .map(Click::parse)
                .assignTimestampsAndWatermarks(WatermarkStrategy.<Click>forMonotonousTimestamps()
                        .withTimestampAssigner((click, time) -> System.currentTimeMillis()))
                .keyBy(Click::user)
                .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)))
                .sum("count");
    }

    // Results of a window of event time are never late for the next; that of a union depends on both.
    static void further(DataStream<Click> clicks, DataStream<Click> others) {
        DataStream<Click> timed =
                clicks.assignTimestampsAndWatermarks(WatermarkStrategy.<Click>forMonotonousTimestamps());
        DataStream<Click> counted = timed.keyBy(Click::user)
                .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)))
                .allowedLateness(Duration.ofMinutes(1))
                .sum("count");
        counted.windowAll(TumblingEventTimeWindows.of(Duration.ofMinutes(1))).max("count").print();
        timed.union(others)
                .keyBy(Click::user)
                .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)))
                .sum("count");
    }

    // No windows of event time.
    static void otherWindows(DataStream<Click> clicks) {
        KeyedStream<Click, String> keyed = clicks
                .assignTimestampsAndWatermarks(WatermarkStrategy.<Click>forMonotonousTimestamps())
                .keyBy(Click::user);
        keyed.window(TumblingProcessingTimeWindows.of(Duration.ofMinutes(1))).sum("count");
        keyed.window(GlobalWindows.create()).trigger(new Full()).sum("count");
        keyed.countWindow(100).sum("count");
    }

    // No watermarks, and yet the windows fire: the stream ends, or a trigger goes by the clock.
    static void withoutWatermarks(StreamExecutionEnvironment env, DataStream<Click> clicks) {
        KafkaSource<Click> ends = KafkaSource.<Click>builder()
                .setBootstrapServers("kafka:9092")
                .setTopics("clicks")
                .setBounded(Offsets.latest())
                .build();
        env.fromSource(ends, WatermarkStrategy.noWatermarks(), "ends")
                .keyBy(Click::user)
                .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)))
                .sum("count");
        KafkaSource<Click> goesOn = KafkaSource.<Click>builder().setTopics("clicks").build();
        env.fromSource(goesOn, WatermarkStrategy.noWatermarks(), "goes on")
                .keyBy(Click::user)
                .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)))
                .trigger(new Full())
                .sum("count");
        env.fromSource(new OwnSource(), WatermarkStrategy.noWatermarks(), "own")
                .keyBy(Click::user)
                .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)))
                .sum("count");
        Timed.of(env.socketTextStream("clicks.example.com", 9000))
                .keyBy(Click::user)
                .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)))
                .sum("count");
    }

    // Sizes that nobody sees, and overlaps that are usual.
    static void sizes(DataStream<Click> clicks, Duration size) {
        clicks.keyBy(Click::user)
                .window(SlidingEventTimeWindows.of(size, Duration.ofMillis(1)))
                .allowedLateness(Duration.ofDays(30))
                .process(new Top());
        clicks.keyBy(Click::user)
                .window(SlidingEventTimeWindows.of(Duration.ofHours(1), Duration.ofMinutes(5)))
                .allowedLateness(Duration.ofHours(1))
                .process(new Top());
        clicks.keyBy(Click::user)
                .window(SlidingEventTimeWindows.of(Duration.ofHours(1), Duration.ofSeconds(10)))
                .allowedLateness(Duration.ofHours(1))
                .reduce(Click::plus);
    }

    static DataStream<Click> ascending(DataStream<Click> clicks) {
        return clicks.assignTimestampsAndWatermarks(WatermarkStrategy.<Click>forMonotonousTimestamps());
    }
}
