package com.example.orders;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;

public class Revenue {
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.enableCheckpointing(500);
        KafkaSource<Order> topic = KafkaSource.<Order>builder()
                .setBootstrapServers("kafka:9092")
                .setTopics("orders")
                .setValueOnlyDeserializer(new Orders())
                .build();
        DataStream<Order> orders =
                env.fromSource(topic, WatermarkStrategy.noWatermarks(), "orders").setParallelism(8);
        orders.assignTimestampsAndWatermarks(
                        WatermarkStrategy.<Order>forMonotonousTimestamps()
                                .withTimestampAssigner((order, before) -> order.time))
                .keyBy(order -> order.shop)
                .window(TumblingEventTimeWindows.of(Duration.ofMinutes(1)))
                .reduce(new Sum())
                .sinkTo(new Sums());
        env.execute("revenue");
    }
}
