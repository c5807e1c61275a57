from pyflink.common import Duration, Time, WatermarkStrategy
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.datastream.connectors.kafka import KafkaSource
from pyflink.datastream.window import TumblingEventTimeWindows

env = StreamExecutionEnvironment.get_execution_environment()
source = KafkaSource.builder().set_bootstrap_servers("kafka:9092").set_topics("clicks").build()
strategy = WatermarkStrategy.for_bounded_out_of_orderness(Duration.of_seconds(5))
clicks = env.from_source(source, strategy, "clicks")
counts = (
    clicks.key_by(lambda click: click.user)
    .window(TumblingEventTimeWindows.of(Time.seconds(10)))
    .allowed_lateness(30000)
    .reduce(lambda one, other: one + other)
)
counts.print()
env.execute("clicks")
