from pyflink.common import Duration, Time, WatermarkStrategy
from pyflink.datastream.window import TumblingEventTimeWindows


def lateness(clicks):
    timed = clicks.assign_timestamps_and_watermarks(WatermarkStrategy.for_monotonous_timestamps())
    windowed = timed.key_by(user).window(TumblingEventTimeWindows.of(Time.minutes(1)))
    windowed.allowed_lateness(30000)
    return windowed.reduce(merge)


def joined(clicks, others):
    timed = clicks.assign_timestamps_and_watermarks(WatermarkStrategy.for_monotonous_timestamps())
    both = timed.union(others)
    return both.key_by(user).window(TumblingEventTimeWindows.of(Time.minutes(1))).reduce(merge)


def chosen(clicks, fast):
    if fast:
        strategy = WatermarkStrategy.for_monotonous_timestamps()
    else:
        strategy = WatermarkStrategy.for_bounded_out_of_orderness(Duration.of_seconds(5))
    timed = clicks.assign_timestamps_and_watermarks(strategy)
    return timed.key_by(user).window(TumblingEventTimeWindows.of(Time.minutes(1))).reduce(merge)
