//! `deprecated-watermark-assigner`: the ways to give watermarks before `WatermarkStrategy`.
//!
//! Flink 2.0 removed the two interfaces. The two extractors stay in 2.x, where they extend
//! `WatermarkStrategyWithPeriodicWatermarks`; until 1.20 they are given to the deprecated
//! `assignTimestampsAndWatermarks(AssignerWithPeriodicWatermarks)`.

use crate::deployment::Deployment;
use crate::finding::{Finding, Fix, Severity};
use crate::flink::api;
use crate::flink::version::Versions;
use crate::syntax::code::{Call, Kind, Language};
use crate::text::Span;

use super::edits::risky;
use super::{Job, Rule, is_older, jobs};

const PERIODIC: &str = "org.apache.flink.streaming.api.functions.AssignerWithPeriodicWatermarks";
const PUNCTUATED: &str =
    "org.apache.flink.streaming.api.functions.AssignerWithPunctuatedWatermarks";
const ASCENDING: &str =
    "org.apache.flink.streaming.api.functions.timestamps.AscendingTimestampExtractor";
const BOUNDED: &str =
    "org.apache.flink.streaming.api.functions.timestamps.BoundedOutOfOrdernessTimestampExtractor";
const STRATEGY: &str = "org.apache.flink.api.common.eventtime.WatermarkStrategy";
const DURATION: &str = "java.time.Duration";

/// The check.
pub(in crate::rules) fn check(rule: &Rule, deployment: &Deployment, out: &mut Vec<Finding>) {
    // WatermarkStrategy came with 1.11.
    if is_older(deployment) {
        return;
    }
    for job in jobs(deployment) {
        for class in [PERIODIC, PUNCTUATED, ASCENDING, BOUNDED] {
            of_class(rule, deployment, &job, class, out);
        }
    }
}

fn of_class(rule: &Rule, deployment: &Deployment, job: &Job, class: &str, out: &mut Vec<Finding>) {
    let known = api::class(class);
    let gone = known.is_some_and(|api| !api.versions.overlaps(deployment.versions));
    // Deprecated itself or, of the bounded one, the method that takes it.
    let deprecated = known.map_or(Versions::LEGACY, |api| api.deprecated);
    if !gone && (!deployment.versions.within(deprecated.or(Versions::LEGACY)) && class == BOUNDED) {
        return;
    }
    if job.is_test() && !gone {
        return;
    }
    let own = class.rsplit('.').next().unwrap_or(class);
    let mut places: Vec<(Span, Option<usize>)> = Vec::new();
    for (number, call) in job.code.calls.iter().enumerate() {
        if call.kind == Kind::New && job.is_on(call, &[class]) {
            places.push((call.name_at, Some(number)));
        }
    }
    for one in &job.code.classes {
        let extends = one.parents.iter().any(|parent| {
            let bare = parent.split(['<', '[', '(']).next().unwrap_or(parent);
            job.means(bare, &[class])
        });
        if extends {
            places.push((one.at, None));
        }
    }
    if places.is_empty() {
        let source = std::str::from_utf8(&job.source.bytes).unwrap_or_default();
        let is_used = gone || words(source, own) > 1;
        let mut imports = job.code.imports.iter();
        let import = imports.find(|import| import.path == class && is_used);
        places.extend(import.map(|import| (import.at, None)));
    }
    for (at, call) in places {
        let message = if gone {
            format!("Flink 2.0 removed `{own}`: the source does not compile")
        } else {
            format!("`{own}` is from before WatermarkStrategy, which replaces it")
        };
        let mut finding = job.finding(rule, at, message);
        if gone {
            finding.severity = Severity::Error;
        }
        finding.help = help(class).to_owned();
        finding.fix = call.and_then(|call| modern(job, class, call));
        out.push(finding);
    }
}

fn help(class: &str) -> &'static str {
    match class {
        PERIODIC => {
            "use WatermarkStrategy.forGenerator with a WatermarkGenerator that gives its watermark in \
             onPeriodicEmit, or a strategy built in"
        }
        PUNCTUATED => {
            "use WatermarkStrategy.forGenerator with a WatermarkGenerator that gives its watermark in \
             onEvent"
        }
        ASCENDING => {
            "use WatermarkStrategy.forMonotonousTimestamps, which gives the same watermarks; it says \
             nothing in the log about records out of order"
        }
        _ => {
            "use WatermarkStrategy.forBoundedOutOfOrderness with withTimestampAssigner; its watermarks \
             are 1 ms earlier in time, so windows fire 1 ms of event time later"
        }
    }
}

/// The strategy instead of an extractor without a name whose body is one `return`.
fn modern(job: &Job, class: &str, number: usize) -> Option<Fix> {
    let call = &job.code.calls[number];
    let (outer, _) = call.inside?;
    let taken = &job.code.calls[outer];
    if job.code.language != Language::Java
        || taken.name != "assignTimestampsAndWatermarks"
        || taken.args.len() != 1
    {
        return None;
    }
    let body = Body::read(job, class, call)?;
    let names = [body.name.as_str()];
    let in_scope = |name: &str| {
        let mut variables = job.code.variables.iter();
        variables.any(|one| one.name == name && one.scope.contains(call.name_at))
    };
    if names.iter().any(|name| in_scope(name)) {
        return None;
    }
    let source = std::str::from_utf8(&job.source.bytes).ok()?;
    let second = ["timestamp", "recordTimestamp", "previousTimestamp"]
        .into_iter()
        .find(|name| !contains_word(source, name))?;
    let mut edits = Vec::new();
    let maker = match class {
        ASCENDING if call.args.is_empty() => "forMonotonousTimestamps()".to_owned(),
        BOUNDED => {
            let [bound] = call.args.as_slice() else {
                return None;
            };
            let (amount, import) = duration(job, &bound.expr, bound.at)?;
            edits.extend(import);
            format!("forBoundedOutOfOrderness({amount})")
        }
        _ => return None,
    };
    edits.extend(job.import(STRATEGY)?);
    // Two imports at one place have no order.
    if let [one, other] = edits.as_slice()
        && one.span == other.span
    {
        return None;
    }
    let start = source[..call.name_at.start as usize].rfind("new")?;
    let whole = Span::new(start, body.end);
    let text = format!(
        "WatermarkStrategy.<{}>{maker}.withTimestampAssigner(({}, {second}) -> {})",
        body.ty, body.name, body.value
    );
    edits.push(job.edit(whole, text));
    let own = class.rsplit('.').next()?;
    let import = job.code.imports.iter().find(|import| import.path == class);
    if let Some(import) = import
        && words(source, own) == 2
        && let Some(line) = job.import_line(import.at)
    {
        // An import that is put in beside it takes its place.
        match edits.iter_mut().find(|edit| edit.span.touches(line)) {
            Some(edit) if edit.span.is_empty() => edit.span = line,
            Some(_) => {}
            None => edits.push(job.edit(line, "")),
        }
    }
    edits.sort();
    let risk = if class == ASCENDING {
        "watermarks stay the same; records out of order are no longer logged"
    } else {
        "the watermark trails by 1 ms more than before"
    };
    Some(risky("use WatermarkStrategy", edits, risk))
}

/// A `Duration` as an argument says it, or the one that a `Time` of it stands for.
fn duration(
    job: &Job,
    expr: &crate::syntax::code::Expr,
    at: Span,
) -> Option<(String, Vec<crate::text::Edit>)> {
    let crate::syntax::code::Expr::Call(number) = expr else {
        return None;
    };
    let call = job.code.calls.get(*number)?;
    let [amount] = call.args.as_slice() else {
        return None;
    };
    if job.is_on(call, &[DURATION]) {
        return Some((job.written(at).to_owned(), Vec::new()));
    }
    job.is_on(
        call,
        &["org.apache.flink.streaming.api.windowing.time.Time"],
    )
    .then_some(())?;
    let name = match call.name.as_str() {
        "milliseconds" => "ofMillis",
        "seconds" => "ofSeconds",
        "minutes" => "ofMinutes",
        "hours" => "ofHours",
        "days" => "ofDays",
        _ => return None,
    };
    let import = job.import(DURATION)?;
    Some((
        format!("Duration.{name}({})", job.written(amount.at)),
        import,
    ))
}

/// What the one method of a class without a name says.
struct Body {
    ty: String,
    name: String,
    value: String,
    end: usize,
}

impl Body {
    /// `{ @Override public long extract...(final T name) { return VALUE; } }`
    fn read(job: &Job, class: &str, call: &Call) -> Option<Self> {
        let method = if class == ASCENDING {
            "extractAscendingTimestamp"
        } else {
            "extractTimestamp"
        };
        let source = std::str::from_utf8(&job.source.bytes).ok()?;
        let from = call.args_at.end as usize;
        let mut rest = source.get(from..)?;
        for word in ["{", "@Override", "public", "long", method, "("] {
            let next = rest.trim_start().strip_prefix(word);
            rest = match next {
                Some(next) => next,
                None if word == "@Override" => rest,
                None => return None,
            };
        }
        let (parameter, after) = rest.split_once(')')?;
        let parameter = parameter.trim();
        let parameter = parameter.strip_prefix("final ").unwrap_or(parameter).trim();
        let (ty, name) = parameter.rsplit_once(char::is_whitespace)?;
        let after = after.trim_start().strip_prefix('{')?.trim_start();
        let after = after.strip_prefix("return")?;
        after
            .starts_with(|next: char| next.is_whitespace() || next == '(')
            .then_some(())?;
        let (value, after) = after.split_once(';')?;
        let after = after.trim_start().strip_prefix('}')?.trim_start();
        let after = after.strip_prefix('}')?;
        let value = value.trim();
        let odd = ["{", "}", "//", "/*", "\"", "@"]
            .iter()
            .any(|mark| value.contains(mark))
            || [
                "this",
                "super",
                "getCurrentWatermark",
                "getMaxOutOfOrdernessInMillis",
            ]
            .iter()
            .any(|word| contains_word(value, word))
            || [ty, name]
                .iter()
                .any(|text| text.contains(['@', '/', ',', '(']) && !text.contains('<'));
        let plain = name.chars().all(|one| one.is_alphanumeric() || one == '_');
        (!odd && plain).then(|| Body {
            ty: ty.trim().to_owned(),
            name: name.to_owned(),
            value: value.to_owned(),
            end: source.len() - after.len(),
        })
    }
}

/// How often a name stands in a text.
pub(super) fn words(text: &str, word: &str) -> usize {
    let is_part = |one: char| one.is_alphanumeric() || one == '_';
    let found = text.match_indices(word).filter(|(at, _)| {
        let before = text[..*at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    });
    found.count()
}

fn contains_word(text: &str, word: &str) -> bool {
    words(text, word) > 0
}
