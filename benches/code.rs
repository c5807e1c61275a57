//! How fast the sources of jobs are read, on one core: `cargo bench --bench code`. Tokens alone, and all
//! that is read: calls, variables, classes, imports.

#![allow(clippy::print_stdout, reason = "the figures are its output")]

use std::time::{Duration, Instant};

use flint::syntax::code::{self, Language};
use flint::text::{Source, SourceId};

/// What the lexer has to do, in megabytes a second.
const GOAL: f64 = 300.0;
const RUNS: usize = 20;

const JAVA: &str = r#"
    /** Counts the orders of each customer and minute; late ones go to an output of their own. */
    private static DataStream<Tuple2<String, Long>> counts(DataStream<Order> orders, int parallelism) {
        SingleOutputStreamOperator<Tuple2<String, Long>> counted = orders
                .assignTimestampsAndWatermarks(
                        WatermarkStrategy.<Order>forBoundedOutOfOrderness(Duration.ofSeconds(5))
                                .withTimestampAssigner((order, timestamp) -> order.getTime()))
                .keyBy(order -> order.getCustomer())
                .window(TumblingEventTimeWindows.of(Time.minutes(1)))
                .aggregate(new CountOrders<Order, Long>(10 * 1000L), "orders per minute")
                .setParallelism(parallelism); // of the job
        LOG.info("counting with parallelism {}", parallelism);
        return counted;
    }
"#;

fn main() {
    let text = format!(
        "package com.acme;\nimport org.apache.flink.streaming.api.datastream.DataStream;\nclass Job {{\n{}}}\n",
        JAVA.repeat(2000)
    );
    let source = Source::new(SourceId(0), "Job.java", text.as_str());
    let tokens = best(|| code::tokens(&source, Language::Java));
    let all = best(|| code::read(&source, Language::Java).calls.len());
    let speed = |took: Duration| {
        let bytes = u32::try_from(text.len()).expect("some megabytes");
        f64::from(bytes) / 1e6 / took.as_secs_f64()
    };
    println!(
        "tokens {:.0} MB/s, calls and all else {:.0} MB/s",
        speed(tokens),
        speed(all)
    );
    let kept = speed(tokens) >= GOAL;
    println!(
        "goal {GOAL} MB/s for tokens: {}",
        if kept { "kept" } else { "missed" }
    );
}

/// The shortest of some runs.
fn best(run: impl Fn() -> usize) -> Duration {
    let time = |_| {
        let start = Instant::now();
        std::hint::black_box(run());
        start.elapsed()
    };
    (0..RUNS).map(time).min().unwrap_or_default()
}
