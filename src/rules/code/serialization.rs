//! Rules about how code has its types serialized.

use std::collections::BTreeSet;

use super::receiver::{self, Owner};
use super::types::{self, Generic};
use super::{Job, jobs};
use crate::deployment::Deployment;
use crate::finding::{Finding, Related};
use crate::flink::version::Versions;
use crate::rules::Rule;
use crate::syntax::Document;
use crate::syntax::code::{Arg, Call, Expr, Kind, Language, Receiver};
use crate::text::Span;

/// The methods that told Kryo about types, and what tells it now; `{}` stands for the class.
const KRYO_METHODS: [(&str, &str); 13] = [
    (
        "registerKryoType",
        "pipeline.serialization-config: [{}: {type: kryo}]",
    ),
    (
        "registerType",
        "pipeline.serialization-config: [{}: {type: kryo}]",
    ),
    (
        "registerPojoType",
        "pipeline.serialization-config: [{}: {type: pojo}]",
    ),
    (
        "registerTypeWithKryoSerializer",
        "pipeline.serialization-config: [{}: {type: kryo, kryo-type: registered, class: {2}}]",
    ),
    (
        "addDefaultKryoSerializer",
        "pipeline.serialization-config: [{}: {type: kryo, kryo-type: default, class: {2}}]",
    ),
    ("enableForceKryo", "pipeline.force-kryo: true"),
    ("disableForceKryo", "pipeline.force-kryo: false"),
    ("enableForceAvro", "pipeline.force-avro: true"),
    ("disableForceAvro", "pipeline.force-avro: false"),
    ("enableGenericTypes", "pipeline.generic-types: true"),
    ("disableGenericTypes", "pipeline.generic-types: false"),
    ("disableAutoTypeRegistration", ""),
    ("setGenericTypes", "pipeline.generic-types"),
];

/// The simple name or path of the class that an argument names.
fn class_of(arg: &Arg) -> Option<&str> {
    match &arg.expr {
        Expr::Name(name) => name.strip_suffix(".class"),
        _ => None,
    }
}

/// Whether a call is one of those that tell Kryo about types.
fn tells_kryo(job: &Job, call: &Call) -> Option<&'static str> {
    let (_, config) = KRYO_METHODS.iter().find(|(name, _)| *name == call.name)?;
    let direct = matches!(
        receiver::owner(job, call),
        Some(Owner::Environment | Owner::Config)
    );
    let of_config = match call.receiver {
        Receiver::Call(before) => {
            let before = job.code.calls.get(before);
            before.is_some_and(|before| before.name == "getSerializerConfig")
        }
        _ => false,
    };
    (direct || of_config).then_some(*config)
}

/// `kryo-api-removed`: the check.
pub(in crate::rules) fn kryo_api_removed(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    if !deployment.versions.within(Versions::V2) {
        return;
    }
    for job in jobs(deployment).filter(|job| job.code.language != Language::Python) {
        for call in &job.code.calls {
            let Some(config) = tells_kryo(&job, call) else {
                continue;
            };
            let message = format!(
                "`{}` went with Flink 2.0; this job does not compile",
                call.name
            );
            let mut finding = job.finding(rule, call.name_at, message);
            finding.label = format!("not in Flink {}", deployment.versions);
            let place = |name: &str| whole_name(&job, name);
            let class = call
                .args
                .first()
                .and_then(class_of)
                .map_or("CLASS".to_owned(), place);
            let serializer = call.args.get(1).and_then(class_of);
            let serializer = serializer.map_or("SERIALIZER".to_owned(), place);
            finding.help = if config.is_empty() {
                "leave it out; nothing registers types on its own any more".to_owned()
            } else {
                let config = config.replace("{2}", &serializer).replace("{}", &class);
                format!("in config.yaml write `{config}`")
            };
            let line = job.source.line(call.name_at.start);
            finding.key = Some(format!("{}/{line}", call.name));
            out.push(finding);
        }
    }
}

/// A class with its package, as far as the imports say.
fn whole_name(job: &Job, name: &str) -> String {
    let import = job.code.imports.iter().find(|import| import.name == name);
    import.map_or_else(|| name.to_owned(), |import| import.path.clone())
}

/// `java-serializer-in-kryo`, in code.
pub(in crate::rules) fn java_serializer(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    const SERIALIZERS: [&str; 2] = [
        "com.esotericsoftware.kryo.serializers.JavaSerializer",
        "org.apache.flink.api.java.typeutils.runtime.kryo.JavaSerializer",
    ];
    for job in jobs(deployment).filter(|job| job.code.language != Language::Python) {
        for call in &job.code.calls {
            let registers = matches!(
                call.name.as_str(),
                "registerTypeWithKryoSerializer" | "addDefaultKryoSerializer"
            );
            let Some(named) = call.args.get(1).and_then(class_of).filter(|_| registers) else {
                continue;
            };
            let Some(class) = SERIALIZERS.iter().find(|class| job.means(named, &[class])) else {
                continue;
            };
            let message = "Kryo hands this type to Java serialization, the slowest there is";
            let mut finding = job.finding(rule, call.args[1].at, message);
            finding.label = format!("`{class}`");
            finding.help = "write a serializer for the type, or make it a POJO".to_owned();
            let line = job.source.line(call.name_at.start);
            finding.key = Some(format!("{}/{line}", call.name));
            out.push(finding);
        }
    }
}

/// Evidence that Flink makes a serializer for a type by looking at its class.
struct Evidence<'j> {
    at: Span,
    class: &'j str,
    /// What the type is for.
    used: &'static str,
    /// Whether the code itself asks for Kryo.
    asked: bool,
}

/// A type that certainly goes through Kryo, where the code names it.
struct Fallback<'j> {
    evidence: Evidence<'j>,
    why: Generic,
}

impl Fallback<'_> {
    /// The class without its package.
    fn bare(&self) -> &str {
        let class = self.evidence.class;
        class.rsplit('.').next().unwrap_or(class)
    }
}

/// `kryo-fallback`: the check.
pub(in crate::rules) fn kryo_fallback(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    for job in jobs(deployment) {
        for fallback in fallbacks(&job, deployment) {
            let Fallback { evidence, why } = &fallback;
            let message = format!("`{}` goes through Kryo: {}", fallback.bare(), why.reason());
            let mut finding = job.finding(rule, evidence.at, message);
            finding.label = evidence.used.to_owned();
            finding.help = format!(
                "state that Kryo wrote can't follow a change of the class, and Flink 2.x does not read what \
                 Kryo wrote in 1.x; {}",
                why.instead()
            );
            finding.key = Some(evidence.class.to_owned());
            out.push(finding);
        }
    }
}

/// The types of the jobs that certainly run on a cluster which go through Kryo: their names, each once,
/// with the first place that names it. None where code tells Kryo about types: it may register these.
pub(in crate::rules) fn on_cluster(deployment: &Deployment) -> Vec<(String, Related)> {
    let registers = |document: &Document| {
        let mut calls = document.code.iter().flat_map(|code| &code.calls);
        calls.any(|call| KRYO_METHODS.iter().any(|(name, _)| *name == call.name))
    };
    if deployment.types().any(registers) {
        return Vec::new();
    }
    let runs = |document: &&Document| deployment.jobs.runs.contains(&document.source);
    let mut found: Vec<(String, Related)> = Vec::new();
    for document in deployment.types().filter(runs) {
        let Some(code) = document.code.as_deref() else {
            continue;
        };
        let source = deployment.source(document);
        let job = Job {
            document,
            code,
            source,
        };
        for fallback in fallbacks(&job, deployment) {
            let name = fallback.bare();
            if found.iter().all(|(other, _)| other != name) {
                let related = Related {
                    at: Deployment::at(document, fallback.evidence.at),
                    message: format!("`{name}`: {}", fallback.why.reason()),
                };
                found.push((name.to_owned(), related));
            }
        }
    }
    found
}

/// The types of a source that certainly go through Kryo, each once; a test's are nobody's concern.
fn fallbacks<'j>(job: &'j Job, deployment: &Deployment) -> Vec<Fallback<'j>> {
    if job.code.language == Language::Python || job.is_test() {
        return Vec::new();
    }
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut found = Vec::new();
    for evidence in evidences(job) {
        if !seen.insert(evidence.class) || is_registered(job, deployment, evidence.class) {
            continue;
        }
        // Whoever asks for any object to go through Kryo knows it.
        if evidence.asked && matches!(evidence.class, "Object" | "AnyRef" | "Any") {
            continue;
        }
        let why = types::generic(job, deployment, evidence.class)
            .or_else(|| evidence.asked.then_some(Generic::Asked));
        found.extend(why.map(|why| Fallback { evidence, why }));
    }
    found
}

const STATE: &str = "org.apache.flink.api.common.state";

/// The types of a source for which Flink certainly looks at the class alone.
fn evidences<'j>(job: &'j Job) -> Vec<Evidence<'j>> {
    let mut found = Vec::new();
    for call in &job.code.calls {
        let (numbers, used, asked): (&[usize], _, bool) = match (call.name.as_str(), call.kind) {
            ("ValueStateDescriptor" | "ListStateDescriptor", _) if is_state(job, call) => {
                (&[1], "the type of a state", false)
            }
            ("MapStateDescriptor", _) if is_state(job, call) => {
                (&[1, 2], "a type of a state", false)
            }
            ("ReducingStateDescriptor" | "AggregatingStateDescriptor", _)
                if is_state(job, call) =>
            {
                (&[2], "the type of a state", false)
            }
            ("of", Kind::Method)
                if job.is_on(
                    call,
                    &["org.apache.flink.api.common.typeinfo.TypeInformation"],
                ) =>
            {
                (&[0], "Flink looks at the class here", false)
            }
            ("GENERIC", Kind::Method)
                if job.is_on(call, &["org.apache.flink.api.common.typeinfo.Types"]) =>
            {
                (&[0], "asked for here", true)
            }
            ("GenericTypeInfo", _)
                if job.means(
                    &call.name,
                    &["org.apache.flink.api.java.typeutils.GenericTypeInfo"],
                ) =>
            {
                (&[0], "asked for here", true)
            }
            ("returns", Kind::Method)
                if receiver::owner(job, call) == Some(Owner::Stream) && call.args.len() == 1 =>
            {
                (&[0], "the type of the records from here", false)
            }
            _ => continue,
        };
        for &number in numbers {
            let Some(arg) = call.args.get(number) else {
                continue;
            };
            if let Some(class) = class_of(arg) {
                found.push(Evidence {
                    at: arg.at,
                    class,
                    used,
                    asked,
                });
            }
        }
    }
    found
}

fn is_state(job: &Job, call: &Call) -> bool {
    let made = call.kind == Kind::New || job.code.language != Language::Java;
    made && call.receiver == Receiver::None
        && job.means(&call.name, &[&format!("{STATE}.{}", call.name)])
}

/// Whether somebody tells Flink or Kryo about a class.
fn is_registered(job: &Job, deployment: &Deployment, class: &str) -> bool {
    let bare = class.rsplit('.').next().unwrap_or(class);
    let in_code = |code: &crate::syntax::code::Code| {
        code.calls.iter().any(|call| {
            let names = KRYO_METHODS.iter().any(|(name, _)| *name == call.name);
            let arg = call.args.first().and_then(class_of);
            names && arg.is_some_and(|arg| arg.rsplit('.').next() == Some(bare))
        })
    };
    let mut others = deployment
        .types()
        .filter_map(|document| document.code.as_deref());
    let keys = [
        "pipeline.serialization-config",
        "pipeline.registered-kryo-types",
        "pipeline.default-kryo-serializers",
        "pipeline.registered-pojo-types",
    ];
    let in_config = || {
        let mut all = keys.iter().flat_map(|key| deployment.all(key));
        all.any(|(setting, _)| setting.value.contains(bare))
    };
    in_code(job.code) || others.any(in_code) || in_config()
}
