package shop;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.TimeCharacteristic;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.AssignerWithPeriodicWatermarks;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;

public class New {
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setStreamTimeCharacteristic(TimeCharacteristic.IngestionTime);
        env.socketTextStream("clicks.example.com", 9000)
                .map(Click::parse)
                .assignTimestampsAndWatermarks(WatermarkStrategy.<Click>forMonotonousTimestamps()
                        .withTimestampAssigner((click, time) -> click.time))
                .keyBy(Click::user)
                .window(TumblingEventTimeWindows.of(Sizes.MINUTE))
                .sum("count")
                .print();
        env.execute("clicks");
    }

    abstract static class Times implements AssignerWithPeriodicWatermarks<Click> {}
}
