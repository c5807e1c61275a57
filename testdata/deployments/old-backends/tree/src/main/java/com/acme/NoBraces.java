package com.acme;

import org.apache.flink.runtime.state.filesystem.FsStateBackend;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

public class NoBraces {
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.enableCheckpointing(60_000);
        if (args.length == 0)
            env.setStateBackend(new FsStateBackend("file:///tmp/checkpoints"));
        env.fromSequence(1, 10).print();
        env.execute("job");
    }
}
