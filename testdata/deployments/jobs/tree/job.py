from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment

env = StreamExecutionEnvironment.get_execution_environment()
env.set_parallelism(2)
t_env = StreamTableEnvironment.create(env)
t_env.get_config().set("table.exec.state.ttl", "1 h")
t_env.get_config().get_configuration().set_string("pipeline.object-reuse", "true")
if len(t) > 1:
    env.enable_checkpointing(1000)
