import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

class B {
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setParallelism(100);
        env.enableCheckpointing(conf.interval());
        env.execute();
    }
}
