//! Rules about the parallelism that code pins, and about keys by their position.

use super::{Job, is_older, jobs};
use crate::deployment::{Deployment, is_disguised};
use crate::finding::{Finding, Fix, Related, Safety, Severity};
use crate::flink::version::Versions;
use crate::recognise::job::camel;
use crate::rules::Rule;
use crate::syntax::Layer;
use crate::syntax::code::{Call, Expr, Language, Receiver};
use crate::text::Edit;

const PARALLELISM: &str = "parallelism.default";

/// The versions of Flink 2.
const TWO: Versions = Versions::from_bits(0x0F00);

/// `hardcoded-parallelism`: the code of a job overrides the parallelism that its deployment asks for.
pub(in crate::rules) fn hardcoded_parallelism(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    let all = deployment.all(PARALLELISM);
    for job in jobs(deployment).filter(|job| !job.is_test()) {
        let own = job.document.get(PARALLELISM);
        let Some(own) = own.filter(|own| own.known && own.value.trim() == "1") else {
            continue;
        };
        let mut weaker = all.iter().rev();
        let asked = weaker.find(|(_, document)| document.layer < Layer::Sql);
        let Some((asked, document)) = asked.filter(|(asked, _)| {
            let number = asked.value.trim().parse::<u32>();
            asked.known && number.is_ok_and(|number| number > 1)
        }) else {
            continue;
        };
        let said = if is_disguised(job.document, own) {
            own.written.as_deref().unwrap_or(PARALLELISM)
        } else {
            PARALLELISM
        };
        let number = asked.value.trim();
        let mut finding = job.finding(
            rule,
            own.whole,
            format!("`{said}` sets a parallelism of 1, and the configuration asks for {number}"),
        );
        finding.label = format!("counts more than the {number}");
        finding.key = Some(PARALLELISM.to_owned());
        finding.help =
            "what code sets is stronger than any configuration, so every operator without a \
                        parallelism of its own has one subtask; take the line out, and let the \
                        configuration say it"
                .to_owned();
        // A resource or a command asks for this job, and not as the default of all.
        if matches!(
            document.layer,
            Layer::Spec | Layer::Manifest | Layer::Arguments
        ) {
            finding.severity = Severity::Warning;
        }
        finding.related.push(Related {
            at: Deployment::at(document, asked.whole),
            message: format!("asks for {number}"),
        });
        out.push(finding);
    }
}

/// `downstream-parallelism-lower`: an operator has fewer subtasks than the one before it.
pub(in crate::rules) fn downstream_parallelism_lower(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    for job in jobs(deployment).filter(|job| !job.is_test()) {
        for (number, call) in job.code.calls.iter().enumerate() {
            out.extend(lower(rule, &job, number, call));
        }
    }
}

/// What ends a stream, or needs all of it in one place.
const NARROW: [&str; 12] = [
    "addSink",
    "sinkTo",
    "print",
    "printToErr",
    "windowAll",
    "timeWindowAll",
    "countWindowAll",
    "global",
    "forceNonParallel",
    "executeAndCollect",
    "writeAsText",
    "writeToSocket",
];

fn lower(rule: &Rule, job: &Job, number: usize, call: &Call) -> Option<Finding> {
    let low = literal(job, call)?;
    let upstream = job.upstream(number);
    let name = |number: usize| job.code.calls.get(number).map(|call| camel(&call.name));
    let operator = upstream.first().and_then(|&number| name(number))?;
    let mut narrow = upstream.iter().filter_map(|&number| name(number));
    // Streams that are joined have two sides.
    if narrow.any(|name| NARROW.contains(&&*name) || name == "union" || name == "connect") {
        return None;
    }
    let mut above = upstream
        .iter()
        .filter_map(|&number| job.code.calls.get(number));
    let (before, high) = above.find_map(|call| Some((call, literal(job, call)?)))?;
    if high <= low {
        return None;
    }
    let mut finding = job.finding(
        rule,
        call.name_at.join(call.args_at),
        format!("`{operator}` runs with a parallelism of {low}, what feeds it with {high}"),
    );
    finding.label = format!("{low} after {high}");
    finding.help = format!(
        "where each record costs it as much, it is the first to fall behind, and the {high} before it \
         wait; give it {high} as well, unless it sees fewer records or has less to do"
    );
    finding.related.push(Related {
        at: Deployment::at(job.document, before.name_at.join(before.args_at)),
        message: format!("{high} subtasks"),
    });
    Some(finding)
}

/// The parallelism that a call gives an operator.
fn literal(job: &Job, call: &Call) -> Option<i128> {
    let [argument] = call.args.as_slice() else {
        return None;
    };
    let on_operator = matches!(call.receiver, Receiver::Call(_));
    if camel(&call.name) != "setParallelism" || !on_operator {
        return None;
    }
    // On the result of a method of the environment it is the environment's.
    match crate::recognise::job::objects::receiver(job.code, call) {
        None => match crate::recognise::job::resolved(job.code, &argument.expr, argument.at) {
            Expr::Integer(number) => Some(*number),
            _ => None,
        },
        Some(_) => None,
    }
}

/// `key-by-position`: keys of which the compiler knows nothing.
pub(in crate::rules) fn key_by_position(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    if is_older(deployment) {
        return;
    }
    for job in jobs(deployment) {
        if job.code.language == Language::Python {
            continue;
        }
        for (number, call) in job.code.calls.iter().enumerate() {
            out.extend(by_position(rule, deployment, &job, number, call));
        }
    }
}

fn by_position(
    rule: &Rule,
    deployment: &Deployment,
    job: &Job,
    number: usize,
    call: &Call,
) -> Option<Finding> {
    if call.name != "keyBy" || call.receiver == Receiver::None || call.args.is_empty() {
        return None;
    }
    let all = |is: fn(&Expr) -> bool| call.args.iter().all(|own| is(&own.expr));
    let by_number = all(|expr| matches!(expr, Expr::Integer(_)));
    let by_name = all(|expr| matches!(expr, Expr::Text(_)));
    let is_connected = || {
        let upstream = job.upstream(number);
        let mut calls = upstream
            .iter()
            .filter_map(|&number| job.code.calls.get(number));
        calls.any(|call| call.name == "connect")
    };
    // Two may be one for each of two connected streams, which Flink 2 still takes.
    if !(by_number || by_name) || call.args.len() == 2 || is_connected() {
        return None;
    }
    let gone = deployment.versions.within(TWO);
    if !gone && job.is_test() {
        return None;
    }
    let what = if by_number {
        "positions"
    } else {
        "names of fields"
    };
    let message = if gone {
        format!("`keyBy` takes no {what} in Flink {}", deployment.versions)
    } else {
        format!("`keyBy` with {what} is deprecated, and Flink 2.0 removed it")
    };
    let mut finding = job.finding(rule, call.name_at.join(call.args_at), message);
    finding.label = "untyped key".to_owned();
    finding.help =
        "give it a function, such as `keyBy(order -> order.id)`: the compiler then knows the type \
                    of the key, and no reflection runs for each record"
            .to_owned();
    if !gone {
        finding.severity = Severity::Note;
    }
    finding.fix = selector(job, number, call);
    Some(finding)
}

/// A function in place of the position, where the stream is one of tuples and nothing sees the type of the
/// key.
fn selector(job: &Job, number: usize, call: &Call) -> Option<Fix> {
    const BLIND: [&str; 14] = [
        "sum",
        "min",
        "max",
        "minBy",
        "maxBy",
        "reduce",
        "window",
        "timeWindow",
        "countWindow",
        "print",
        "setParallelism",
        "name",
        "uid",
        "allowedLateness",
    ];
    let (Receiver::Name(stream), [argument]) = (&call.receiver, call.args.as_slice()) else {
        return None;
    };
    let Expr::Integer(position) = argument.expr else {
        return None;
    };
    let variable = job.code.value_of(stream, call.name_at)?;
    let (class, element) = variable.ty.as_deref()?.split_once('<')?;
    let of_tuples = element.starts_with("Tuple") && !element.starts_with("Tuple>");
    let is_stream = matches!(
        class,
        "DataStream" | "SingleOutputStreamOperator" | "DataStreamSource"
    );
    let after: Vec<&Call> = job.code.after(number).map(|(_, call)| call).collect();
    // Before a sum there is a type that names the key's.
    let ends = ["sum", "min", "max", "minBy", "maxBy", "reduce"];
    let mut names = after.iter().map(|call| call.name.as_str());
    let seen = !names.any(|name| ends.contains(&name))
        || after
            .iter()
            .any(|call| !BLIND.contains(&call.name.as_str()));
    if job.code.language != Language::Java || !is_stream || !of_tuples || seen {
        return None;
    }
    let mut names = ["record", "value", "tuple"].into_iter();
    let name = names.find(|name| job.code.variables.iter().all(|own| own.name != *name))?;
    Some(Fix {
        title: format!("key by the field `f{position}`"),
        safety: Safety::Unsafe,
        risk: "the key has another type, so state that was written before can't be restored"
            .to_owned(),
        edits: vec![Edit {
            source: job.source.id,
            span: argument.at,
            text: format!("{name} -> {name}.f{position}"),
        }],
        claims: Vec::new(),
    })
}
