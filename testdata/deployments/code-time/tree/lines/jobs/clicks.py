from pyflink.common import Time, WatermarkStrategy
from pyflink.datastream.window import TumblingEventTimeWindows


def counts(clicks):
    timed = clicks \
        .assign_timestamps_and_watermarks(WatermarkStrategy.for_monotonous_timestamps())
    # A line that ends with a backslash goes on, and another must not come between.
    per_minute = timed.key_by(lambda click: click.user) \
        .window(TumblingEventTimeWindows.of(Time.minutes(1))) \
        .reduce(lambda one, other: one + other)
    per_hour = (
        timed.key_by(lambda click: click.user)
        .window(TumblingEventTimeWindows.of(Time.hours(1)))
        .reduce(lambda one, other: one + other)
    )
    return per_minute.union(per_hour)
