//! `missing-add-opens`: a configuration that replaces the shipped one and loses the flags without which
//! Java 17 lets no reflection into `java.util`.

use super::{LENIENT, Options, all_options, java, keeps_quotes};
use crate::deployment::{Base, Deployment};
use crate::finding::{Finding, Fix, Safety};
use crate::flink::version::Versions;
use crate::rules::{Rule, claim, cluster};
use crate::syntax::{Document, Layer};

/// The package without which Kryo fails on the collections of `java.util`.
const NEEDED: &str = "java.base/java.util=ALL-UNNAMED";

const ALL: &str = "env.java.opts.all";
const DEFAULT_ALL: &str = "env.java.default-opts.all";

/// What `conf/config.yaml` ships with Flink 2.1 and 2.2; 1.18 to 2.0 have [`FIRST`] before it.
const SHIPPED: &str = "--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED \
    --add-exports=jdk.compiler/com.sun.tools.javac.api=ALL-UNNAMED \
    --add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED \
    --add-exports=jdk.compiler/com.sun.tools.javac.parser=ALL-UNNAMED \
    --add-exports=jdk.compiler/com.sun.tools.javac.tree=ALL-UNNAMED \
    --add-exports=jdk.compiler/com.sun.tools.javac.util=ALL-UNNAMED \
    --add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED \
    --add-opens=java.base/java.lang=ALL-UNNAMED \
    --add-opens=java.base/java.net=ALL-UNNAMED \
    --add-opens=java.base/java.io=ALL-UNNAMED \
    --add-opens=java.base/java.nio=ALL-UNNAMED \
    --add-opens=java.base/sun.nio.ch=ALL-UNNAMED \
    --add-opens=java.base/java.lang.reflect=ALL-UNNAMED \
    --add-opens=java.base/java.text=ALL-UNNAMED \
    --add-opens=java.base/java.time=ALL-UNNAMED \
    --add-opens=java.base/java.util=ALL-UNNAMED \
    --add-opens=java.base/java.util.concurrent=ALL-UNNAMED \
    --add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED \
    --add-opens=java.base/java.util.concurrent.locks=ALL-UNNAMED";

/// The flag that 2.1 dropped from the list.
const FIRST: &str = "--add-exports=java.base/sun.net.util=ALL-UNNAMED ";

/// The list that a deployment's versions ship, the longer one where they differ.
fn shipped(versions: Versions) -> String {
    // 2.1 and later.
    let newest = Versions::from_bits(0x0E00);
    let first = if versions.within(newest) { "" } else { FIRST };
    format!("{first}{SHIPPED}")
}

/// The check.
pub(in crate::rules) fn missing_add_opens(
    rule: &Rule,
    deployment: &Deployment,
    out: &mut Vec<Finding>,
) {
    // The chart of the operator ships the list, too, and what an operator gives all of its clusters may.
    let of_operator = deployment.base == Base::Operator;
    let certain = deployment.is_complete() && deployment.versions.within(LENIENT) && !of_operator;
    if !certain || java(deployment).is_none_or(|java| java < 17) {
        return;
    }
    let options = all_options(deployment);
    if options
        .iter()
        .any(|options| options.has(NEEDED) || options.open)
    {
        return;
    }
    let Some(document) = whole(deployment) else {
        return;
    };
    let replaced = options.iter().find(|options| options.setting.key == ALL);
    // An image keeps its own file below what its variables and arguments add.
    if replaced.is_none() && deployment.base == Base::Image {
        return;
    }
    let at = replaced
        .map(|options| options.setting)
        .or(document.settings.last());
    let Some(at) = at else {
        return;
    };
    let document = replaced.map_or(document, |options| options.document);
    let message = match replaced {
        Some(_) => format!("`{ALL}` replaces the list of --add-opens that Flink ships with"),
        None => "this file replaces the one that Flink ships and lacks its --add-opens".to_owned(),
    };
    let mut finding = rule.finding(document, at.whole, message);
    finding.label = "nothing here opens java.util".to_owned();
    finding.help =
        "on Java 17 and later Kryo then fails with InaccessibleObjectException on types of \
                    the JDK; flags of your own belong into `env.java.opts.jobmanager` and \
                    `env.java.opts.taskmanager`"
            .to_owned();
    finding.key = Some(ALL.to_owned());
    finding.fix = fix(deployment, &options, replaced);
    out.push(finding);
}

/// The file that takes the place of the shipped one; else what comes closest to it.
fn whole<'p>(deployment: &Deployment<'p>) -> Option<&'p Document> {
    let files = cluster::documents(deployment);
    files
        .filter(|document| document.layer == Layer::ClusterFile)
        .last()
        .or_else(|| cluster::documents(deployment).last())
}

/// Adds the shipped list: as the default options that 1.19 brought, before those of the file.
fn fix(deployment: &Deployment, options: &[Options], replaced: Option<&Options>) -> Option<Fix> {
    let since_1_19 = deployment.versions.within(Versions::YAML);
    let only_1_18 = !deployment.versions.overlaps(Versions::YAML);
    let key = match (since_1_19, only_1_18) {
        (true, _) => DEFAULT_ALL,
        (_, true) => ALL,
        _ => return None,
    };
    let list = shipped(deployment.versions);
    let set = options.iter().find(|options| options.setting.key == key);
    let document = set
        .or(replaced)
        .map(|options| options.document)
        .or_else(|| whole(deployment))?;
    let source = deployment.source(document);
    let (value, edit) = if let Some(options) = set {
        if keeps_quotes(document) && options.setting.value.contains('"') {
            return None;
        }
        let value = format!("{list} {}", options.setting.value);
        let edit = document.set(source, options.setting, &value)?;
        (value, edit)
    } else {
        let edit = document.insert(source, key, &list)?;
        (list, edit)
    };
    Some(Fix {
        title: format!("add the shipped list as {key}"),
        safety: Safety::Unsafe,
        risk: "packages of the JDK are opened to every library of the process".to_owned(),
        edits: vec![edit],
        claims: vec![claim(document, key, Some(&value))],
    })
}
