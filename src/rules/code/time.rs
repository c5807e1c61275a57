//! What sources say about time: amounts, windows, and where their watermarks come from.
//!
//! Text facts only. What a helper method, a parameter or a variable of two values decides is unknown.

use crate::syntax::code::{Arg, Call, Expr, Kind, Receiver};
use crate::text::Span;

use super::Job;

const ASSIGNERS: &str = "org.apache.flink.streaming.api.windowing.assigners";

/// The classes that make windows: own name, whether of event time, shape.
const WINDOWS: [(&str, bool, Shape); 8] = [
    ("TumblingEventTimeWindows", true, Shape::Tumbling),
    ("SlidingEventTimeWindows", true, Shape::Sliding),
    ("EventTimeSessionWindows", true, Shape::Session),
    ("DynamicEventTimeSessionWindows", true, Shape::Session),
    ("TumblingProcessingTimeWindows", false, Shape::Tumbling),
    ("SlidingProcessingTimeWindows", false, Shape::Sliding),
    ("ProcessingTimeSessionWindows", false, Shape::Session),
    ("DynamicProcessingTimeSessionWindows", false, Shape::Session),
];

/// `Duration` and both classes `Time`, of Java and of Python.
const AMOUNTS: [&str; 8] = [
    "java.time.Duration",
    "org.apache.flink.streaming.api.windowing.time.Time",
    "org.apache.flink.api.common.time.Time",
    "pyflink.common.Duration",
    "pyflink.common.Time",
    "pyflink.common.time.Duration",
    "pyflink.common.time.Time",
    "pyflink.common.watermark_strategy.Duration",
];

const STRATEGIES: [&str; 3] = [
    "org.apache.flink.api.common.eventtime.WatermarkStrategy",
    "pyflink.common.WatermarkStrategy",
    "pyflink.common.watermark_strategy.WatermarkStrategy",
];

const ASCENDING: [&str; 1] =
    ["org.apache.flink.streaming.api.functions.timestamps.AscendingTimestampExtractor"];
const BOUNDED: [&str; 1] =
    ["org.apache.flink.streaming.api.functions.timestamps.BoundedOutOfOrdernessTimestampExtractor"];

/// What a window is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Tumbling,
    Sliding,
    Session,
}

/// A call of `window`, `windowAll`, `timeWindow` or `timeWindowAll`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// The call.
    pub(super) call: usize,
    /// Whether its assigner names event time; `None` for the short forms, which ask the environment.
    pub(super) event_time: Option<bool>,
    pub(super) shape: Shape,
    /// Its length, or the gap of a session, in milliseconds, where literals give it.
    pub(super) size: Option<i128>,
    /// How far sliding ones are apart, in milliseconds.
    pub(super) slide: Option<i128>,
}

/// How far out of order records may come before the watermark passes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Watermarks {
    /// That many milliseconds.
    Bounded(i128),
    /// There are none.
    None,
    /// A generator of the author's, or what text can't tell.
    Unknown,
}

/// What computes on a windowed stream.
pub(super) const WINDOW_ENDS: [&str; 12] = [
    "reduce",
    "aggregate",
    "process",
    "apply",
    "fold",
    "sum",
    "min",
    "max",
    "minBy",
    "maxBy",
    "min_by",
    "max_by",
];

impl Job<'_> {
    /// An amount of time in milliseconds, where a literal gives it.
    pub(super) fn millis(&self, expr: &Expr, at: Span) -> Option<i128> {
        if let Expr::Name(name) = expr
            && let Some(class) = name.strip_suffix(".ZERO")
        {
            return self.means(class, &AMOUNTS).then_some(0);
        }
        let (_, call) = self.call_of(expr, at)?;
        let Receiver::Name(class) = &call.receiver else {
            return None;
        };
        if !self.means(class, &AMOUNTS) {
            return None;
        }
        let number = match call.args.as_slice() {
            [only] => self.integer(&only.expr, only.at)?,
            _ => return None,
        };
        let unit = match call.name.as_str() {
            "milliseconds" | "ofMillis" | "of_millis" => 1,
            "seconds" | "ofSeconds" | "of_seconds" => 1000,
            "minutes" | "ofMinutes" | "of_minutes" => 60_000,
            "hours" | "ofHours" | "of_hours" => 3_600_000,
            "days" | "ofDays" | "of_days" => 86_400_000,
            _ => return None,
        };
        number.checked_mul(unit)
    }

    /// A whole number, itself or through a variable of one value.
    pub(super) fn integer(&self, expr: &Expr, at: Span) -> Option<i128> {
        match expr {
            Expr::Integer(number) => Some(*number),
            Expr::Name(name) => match self.code.value_of(name, at)?.value {
                Expr::Integer(number) => Some(number),
                _ => None,
            },
            _ => None,
        }
    }

    /// The windows of time that the source makes.
    pub(super) fn windows(&self) -> Vec<Window> {
        let calls = self.code.calls.iter().enumerate();
        calls
            .filter_map(|(number, call)| self.window(number, call))
            .collect()
    }

    pub(super) fn window(&self, number: usize, call: &Call) -> Option<Window> {
        if matches!(call.receiver, Receiver::None | Receiver::Other) {
            return None;
        }
        match call.name.as_str() {
            "window" | "windowAll" | "window_all" => {}
            "timeWindow" | "timeWindowAll" => return self.short_window(number, call),
            _ => return None,
        }
        let [only] = call.args.as_slice() else {
            return None;
        };
        let (_, maker) = self.call_of(&only.expr, only.at)?;
        let Receiver::Name(class) = &maker.receiver else {
            return None;
        };
        let (event_time, shape) = self.assigner(class)?;
        let amount = |index: usize| {
            let arg = maker.args.get(index)?;
            self.millis(&arg.expr, arg.at)
        };
        Some(Window {
            call: number,
            event_time: Some(event_time),
            shape,
            size: amount(0),
            slide: (shape == Shape::Sliding).then(|| amount(1)).flatten(),
        })
    }

    fn assigner(&self, class: &str) -> Option<(bool, Shape)> {
        WINDOWS.iter().find_map(|&(name, event_time, shape)| {
            let java = format!("{ASSIGNERS}.{name}");
            let python = format!("pyflink.datastream.window.{name}");
            self.means(class, &[&java, &python])
                .then_some((event_time, shape))
        })
    }

    fn short_window(&self, number: usize, call: &Call) -> Option<Window> {
        let amount = |index: usize| {
            let arg = call.args.get(index)?;
            self.millis(&arg.expr, arg.at)
        };
        let shape = match call.args.len() {
            1 => Shape::Tumbling,
            2 => Shape::Sliding,
            _ => return None,
        };
        let size = amount(0)?;
        Some(Window {
            call: number,
            event_time: None,
            shape,
            size: Some(size),
            slide: amount(1),
        })
    }

    /// The calls on a windowed stream, in its chain or on the variable that holds it, to the one that
    /// computes. `None` where the stream goes where text can't follow, or nothing is computed on it.
    pub(super) fn on_window(&self, window: usize) -> Option<Vec<usize>> {
        self.used(window, &WINDOW_ENDS)
    }

    /// The calls on what a call gives, up to those that end its use.
    pub(super) fn used(&self, made: usize, ends_with: &[&str]) -> Option<Vec<usize>> {
        let is_end = |number: &usize| ends_with.contains(&self.code.calls[*number].name.as_str());
        let mut chain: Vec<usize> = Vec::new();
        let mut last = made;
        for (number, _) in self.code.after(made) {
            chain.push(number);
            last = number;
            if is_end(&number) {
                return Some(chain);
            }
        }
        // The value of a variable, which may have further calls.
        let code = self.code;
        let mut held = code
            .variables
            .iter()
            .filter(|one| one.value == Expr::Call(last));
        let variable = held.next()?;
        code.value_of(&variable.name, variable.at)?;
        let is_it = |expr: &Expr| matches!(expr, Expr::Name(name) if *name == variable.name);
        let escapes = code.calls.iter().any(|call| {
            let mut args = call.args.iter();
            args.any(|arg| variable.scope.contains(arg.at) && is_it(&arg.expr))
        }) || code
            .variables
            .iter()
            .any(|one| variable.scope.contains(one.at) && is_it(&one.value));
        if escapes {
            return None;
        }
        let mut ends = false;
        for (number, call) in code.calls.iter().enumerate() {
            let is_on = matches!(&call.receiver, Receiver::Name(name) if *name == variable.name)
                && variable.scope.contains(call.name_at);
            if !is_on {
                continue;
            }
            chain.push(number);
            ends |= is_end(&number);
            for (after, _) in code.after(number) {
                if ends {
                    break;
                }
                chain.push(after);
                ends |= is_end(&after);
            }
        }
        ends.then_some(chain)
    }

    /// Whether one of these calls has one of these names.
    pub(super) fn has_call(&self, calls: &[usize], names: &[&str]) -> bool {
        let mut calls = calls.iter();
        calls.any(|&call| names.contains(&self.code.calls[call].name.as_str()))
    }

    /// What a strategy of watermarks says.
    pub(super) fn strategy(&self, expr: &Expr, at: Span) -> Watermarks {
        let Some(maker) = self.strategy_maker(expr, at) else {
            return Watermarks::Unknown;
        };
        let call = &self.code.calls[maker];
        let bound = || {
            let arg = call.args.first()?;
            Some(Watermarks::Bounded(self.millis(&arg.expr, arg.at)?))
        };
        if self.extends(call, &ASCENDING) {
            return Watermarks::Bounded(0);
        }
        match call.name.as_str() {
            "forMonotonousTimestamps"
            | "for_monotonous_timestamps"
            | "AscendingTimestampExtractor" => Watermarks::Bounded(0),
            "forBoundedOutOfOrderness"
            | "for_bounded_out_of_orderness"
            | "BoundedOutOfOrdernessTimestampExtractor" => bound().unwrap_or(Watermarks::Unknown),
            "noWatermarks" | "no_watermarks" => Watermarks::None,
            _ => Watermarks::Unknown,
        }
    }

    /// Whether a call makes an object of a class in this file that extends one of these.
    fn extends(&self, call: &Call, classes: &[&str]) -> bool {
        let mut own = self.code.classes.iter();
        let found = own.find(|class| class.name == call.name);
        call.kind == Kind::New
            && found.is_some_and(|class| {
                let mut parents = class.parents.iter();
                parents.any(|parent| {
                    let bare = parent.split(['<', '[', '(']).next().unwrap_or(parent);
                    self.means(bare, classes)
                })
            })
    }

    /// The call that makes a strategy: `forMonotonousTimestamps()`, `new AscendingTimestampExtractor()`.
    pub(super) fn strategy_maker(&self, expr: &Expr, at: Span) -> Option<usize> {
        let (last, _) = self.call_of(expr, at)?;
        let mut calls = vec![last];
        calls.extend(self.upstream(last));
        // Only calls of the class itself may stand between.
        let known = [
            "withTimestampAssigner",
            "with_timestamp_assigner",
            "withIdleness",
        ]
        .into_iter()
        .chain([
            "with_idleness",
            "withWatermarkAlignment",
            "with_watermark_alignment",
        ])
        .collect::<Vec<_>>();
        let (first, between) = calls.split_last()?;
        let all_known = between
            .iter()
            .all(|&call| known.contains(&self.code.calls[call].name.as_str()));
        let call = &self.code.calls[*first];
        let makes = self.is_on(call, &STRATEGIES)
            || self.extends(call, &ASCENDING)
            || self.is_on(call, &ASCENDING)
            || self.is_on(call, &BOUNDED);
        (all_known && makes).then_some(*first)
    }

    /// The bytes of a call's name and arguments.
    pub(super) fn call_at(&self, call: usize) -> Span {
        let call = &self.code.calls[call];
        call.name_at.join(call.args_at)
    }
}

/// The argument of a name or else of a place.
pub(super) fn argument<'c>(call: &'c Call, place: usize, name: &str) -> Option<&'c Arg> {
    let mut args = call.args.iter();
    let named = args.find(|arg| arg.name.as_deref() == Some(name));
    named.or_else(|| call.args.get(place).filter(|arg| arg.name.is_none()))
}

/// Milliseconds as people say them: `30 s`, `5 min`.
pub(super) fn spoken(millis: i128) -> String {
    for (unit, name) in [
        (86_400_000, "d"),
        (3_600_000, "h"),
        (60_000, "min"),
        (1000, "s"),
    ] {
        if millis != 0 && millis % unit == 0 {
            return format!("{} {name}", millis / unit);
        }
    }
    format!("{millis} ms")
}
