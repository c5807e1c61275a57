package com.acme;

import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** What a comment leaves alone. */
class Quiet {
    void run() throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        // flint: ignore[parallelism-exceeds-slots] a cluster of its own
        env.setParallelism(12);
        env.execute();
    }

    void other(StreamExecutionEnvironment env) {
        String text = "// flint: ignore[nothing]";
        env.enableCheckpointing(1000);
    }
}
