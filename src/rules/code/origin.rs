//! Where the watermarks of a stream come from, as far as its chain and variables of one value tell.

use crate::syntax::code::{Expr, Language, Receiver};
use crate::text::Span;

use super::Job;
use super::time::{Watermarks, argument};

/// Where the watermarks of a stream come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Given to the stream by this call.
    Stream(usize, Watermarks),
    /// Given to the source by this call; a source may keep watermarks per partition.
    Source(usize, Watermarks),
    /// The result of this window of event time, whose records are never late for a further one.
    Window(usize),
    /// This call makes the stream, and nothing gives it watermarks.
    Start(usize),
    /// The stream is a parameter.
    Parameter,
    /// Unknown.
    Unknown,
}

/// Calls on streams that hand on timestamps and watermarks as they are.
const HANDS_ON: [&str; 39] = [
    "map",
    "flatMap",
    "flat_map",
    "filter",
    "keyBy",
    "key_by",
    "process",
    "reduce",
    "rebalance",
    "rescale",
    "shuffle",
    "forward",
    "broadcast",
    "global",
    "project",
    "name",
    "uid",
    "setUidHash",
    "set_uid_hash",
    "returns",
    "setParallelism",
    "set_parallelism",
    "setMaxParallelism",
    "set_max_parallelism",
    "setBufferTimeout",
    "set_buffer_timeout",
    "slotSharingGroup",
    "slot_sharing_group",
    "startNewChain",
    "start_new_chain",
    "disableChaining",
    "disable_chaining",
    "setDescription",
    "set_description",
    "partitionCustom",
    "partition_custom",
    "setResources",
    "flatMapWith",
    "mapWith",
];

/// Calls that make a stream of literal records, of a file or of a socket: none has timestamps.
pub(super) const BARE_SOURCES: [&str; 12] = [
    "fromElements",
    "from_elements",
    "fromCollection",
    "from_collection",
    "fromData",
    "fromSequence",
    "from_sequence",
    "generateSequence",
    "readTextFile",
    "read_text_file",
    "socketTextStream",
    "socket_text_stream",
];

impl Job<'_> {
    /// Where the watermarks of the stream come from that a call is made on.
    pub(super) fn origin(&self, call: usize) -> Origin {
        self.origin_along(&self.upstream(call), call)
    }

    /// The same of a stream that is given as an argument.
    pub(super) fn origin_of(&self, expr: &Expr, at: Span) -> Origin {
        let Some((call, _)) = self.call_of(expr, at) else {
            return Origin::Unknown;
        };
        let mut calls = vec![call];
        calls.extend(self.upstream(call));
        self.origin_along(&calls, call)
    }

    fn origin_along(&self, calls: &[usize], own: usize) -> Origin {
        for &number in calls {
            let call = &self.code.calls[number];
            match call.name.as_str() {
                "assignTimestampsAndWatermarks" | "assign_timestamps_and_watermarks" => {
                    let found = call
                        .args
                        .first()
                        .map(|arg| self.strategy(&arg.expr, arg.at));
                    return Origin::Stream(number, found.unwrap_or(Watermarks::Unknown));
                }
                "assignAscendingTimestamps" if self.code.language == Language::Scala => {
                    return Origin::Stream(number, Watermarks::Bounded(0));
                }
                "fromSource" | "from_source" => {
                    let strategy = argument(call, 1, "watermark_strategy");
                    let found = strategy.map(|arg| self.strategy(&arg.expr, arg.at));
                    return Origin::Source(number, found.unwrap_or(Watermarks::Unknown));
                }
                "addSource" | "add_source" => return Origin::Start(number),
                "window" | "windowAll" | "window_all" | "timeWindow" | "timeWindowAll" => {
                    return match self.window(number, call) {
                        Some(window) if window.event_time != Some(false) => Origin::Window(number),
                        _ => Origin::Unknown,
                    };
                }
                // What is computed on the results of two windows comes late from neither.
                "join" | "coGroup" => {
                    let other = call
                        .args
                        .first()
                        .map(|arg| self.origin_of(&arg.expr, arg.at));
                    return match (self.origin(number), other) {
                        (Origin::Window(window), Some(Origin::Window(_))) => Origin::Window(window),
                        _ => Origin::Unknown,
                    };
                }
                // What is computed on a window comes before the window itself.
                "where"
                | "equalTo"
                | "aggregate"
                | "apply"
                | "fold"
                | "sum"
                | "min"
                | "max"
                | "minBy"
                | "maxBy"
                | "allowedLateness"
                | "allowed_lateness"
                | "trigger"
                | "evictor"
                | "sideOutputLateData"
                | "side_output_late_data" => {}
                name if BARE_SOURCES.contains(&name) => return Origin::Start(number),
                name if HANDS_ON.contains(&name) => {}
                // `StreamExecutionEnvironment.getExecutionEnvironment()` and all else.
                _ => return Origin::Unknown,
            }
        }
        let first = &self.code.calls[calls.last().copied().unwrap_or(own)];
        let root = match &first.receiver {
            Receiver::Name(name) => self.code.value_of(name, first.name_at),
            _ => None,
        };
        match root {
            Some(root) if root.value == Expr::Other => Origin::Parameter,
            _ => Origin::Unknown,
        }
    }
}
