package shop;

import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.contrib.streaming.state.RocksDBStateBackend;
import org.apache.flink.streaming.api.TimeCharacteristic;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.timestamps.AscendingTimestampExtractor;
import org.apache.flink.streaming.connectors.kafka.FlinkKafkaConsumer;

public class Clicks {
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        // Without this all of it runs on processing time in Flink 1.10.
        env.setStreamTimeCharacteristic(TimeCharacteristic.EventTime);
        env.enableCheckpointing(60_000);
        env.setStateBackend(new RocksDBStateBackend("hdfs:///flink/checkpoints"));
        env.addSource(new FlinkKafkaConsumer<>("clicks", new SimpleStringSchema(), Settings.kafka()))
                .map(Click::count)
                .assignTimestampsAndWatermarks(new AscendingTimestampExtractor<Tuple2<String, Long>>() {
                    @Override
                    public long extractAscendingTimestamp(Tuple2<String, Long> click) {
                        return click.f1;
                    }
                })
                .keyBy(0)
                .sum(1)
                .print();
        env.execute("clicks");
    }
}
