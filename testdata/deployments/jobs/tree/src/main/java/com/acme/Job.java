package com.acme;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.contrib.streaming.state.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.CheckpointingMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

public class Job {
    private static final int PARALLELISM = 8;

    public static void main(String[] args) throws Exception {
        Configuration conf = new Configuration();
        conf.setString("state.backend.incremental", "true");
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(conf);
        // a comment about {braces
        env.setParallelism(PARALLELISM);
        env.enableCheckpointing(500, CheckpointingMode.EXACTLY_ONCE); // flint: ignore[checkpoints-in-jobmanager-memory] on purpose
        env.getCheckpointConfig().setCheckpointTimeout(60 * 1000);
        env.setStateBackend(new EmbeddedRocksDBStateBackend(true));
        if (args.length > 0) {
            env.setMaxParallelism(4);
        }
        Order order = new Order();
        env.fromElements(1, 2, 3).map(x -> x + 1).print();
        env.execute("job");
    }
}
