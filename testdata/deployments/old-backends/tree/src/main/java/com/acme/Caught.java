package com.acme;

import org.apache.flink.contrib.streaming.state.RocksDBStateBackend;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

public class Caught {
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.enableCheckpointing(60_000);
        try {
            env.setStateBackend(new RocksDBStateBackend("file:///tmp/checkpoints"));
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
        env.fromSequence(1, 10).print();
        env.execute("job");
    }
}
