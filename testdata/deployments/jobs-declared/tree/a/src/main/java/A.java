import org.apache.flink.contrib.streaming.state.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

class A {
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setParallelism(100);
        env.setStateBackend(new EmbeddedRocksDBStateBackend());
        env.enableCheckpointing(10_000);
        env.execute();
    }
}
