package com.acme;

import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

class Types {
    static void register(StreamExecutionEnvironment env) {
        env.getConfig().registerKryoType(Last.Seen.class);
    }
}
