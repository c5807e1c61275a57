package com.acme;

import org.apache.flink.contrib.streaming.state.RocksDBStateBackend;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

public class Incremental {
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.enableCheckpointing(60_000);
        String directory = "s3://acme/checkpoints"; // RocksDBStateBackend writes here
        env.setStateBackend(
                new RocksDBStateBackend(directory, true));
        env.fromSequence(1, 10).print();
        env.execute("job");
    }
}
