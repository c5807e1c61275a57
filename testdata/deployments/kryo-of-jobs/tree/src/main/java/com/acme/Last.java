package com.acme;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

public class Last extends KeyedProcessFunction<String, Long, Long> {
    void prepare() {
        getRuntimeContext().getState(new ValueStateDescriptor<>("last", Seen.class));
        getRuntimeContext().getState(new ValueStateDescriptor<>("first", Seen.class));
        getRuntimeContext().getListState(new ListStateDescriptor<>("ids", UUID.class));
        getRuntimeContext().getMapState(new MapStateDescriptor<>("trees", Key.class, JsonNode.class));
    }

    @Override
    public void processElement(Long value, Context context, Collector<Long> out) {}

    public static class Seen {
        private final long at;

        public Seen(long at) {
            this.at = at;
        }
    }

    static class Key {
        public long id;
    }
}
