//! `flint rules --test`: the examples of an organisation's own rules, run as tests.

use super::{Exit, RulesArgs, complain, print};
use crate::config::{Config, Configs};
use crate::discover::{self, PolicyFile};
use crate::finding::Finding;
use crate::fix::{Allowed, patch, plan};
use crate::flink::version::Versions;
use crate::lint::{lint, taken_name, validate};
use crate::page::{Example, Policy};
use crate::project::Project;
use crate::report::{OutputFormat, Report, Run, Style, Summary, plain, render};
use crate::text::Sources;

/// What is wrong with an example: what was expected, and what came.
struct Failure {
    line: usize,
    what: &'static str,
    expected: String,
    came: String,
}

/// Numbers of the last line.
#[derive(Default)]
struct Count {
    pages: usize,
    good_pages: usize,
    examples: usize,
    good_examples: usize,
}

/// Runs the command.
pub(super) fn run(args: &RulesArgs) -> Result<Exit, String> {
    let source = args.configuration.source();
    let text = |error: discover::DiscoverError| error.to_string();
    let configs = discover::configuration_alone(&source).map_err(text)?;
    let config = configs.of("");
    let files = if args.paths.is_empty() {
        discover::policy_files_of(config).map_err(|error| error.to_string())?
    } else {
        discover::policy_files(&args.paths).map_err(text)?
    };
    if files.is_empty() {
        return Err(
            "there is no policy to test: name pages or folders, or run it where a flint.toml has \
             `policies`"
                .to_owned(),
        );
    }
    let (mut out, mut count, mut failed) = (String::new(), Count::default(), false);
    let mut seen: Vec<&'static Policy> = Vec::new();
    for file in &files {
        count.pages += 1;
        match read(file, config, &mut seen) {
            Ok(policy) => test(policy, config, &mut out, &mut count),
            Err(error) => {
                complain("error", &error);
                failed = true;
            }
        }
    }
    out.push_str(&count.line());
    let exit = match failed {
        true => Exit::Failed,
        false if count.good_pages < count.pages => Exit::Found,
        false => Exit::Clean,
    };
    let lines = out.lines().map(|line| plain(line).into_owned() + "\n");
    print(lines.collect::<String>().as_bytes(), exit)
}

/// Reads a page whose name no other rule has.
fn read(
    file: &PolicyFile,
    config: &Config,
    seen: &mut Vec<&'static Policy>,
) -> Result<&'static Policy, String> {
    let policy = file
        .read(&config.known_prefixes)
        .map_err(|error| error.to_string())?;
    if let Some(error) = taken_name(policy) {
        return Err(error.to_string());
    }
    if let Some(other) = seen.iter().find(|other| other.name() == policy.name()) {
        return Err(format!(
            "{}: there is a policy `{}` already, {}; rename one",
            policy.path,
            policy.name(),
            other.path
        ));
    }
    seen.push(policy);
    Ok(policy)
}

/// Runs the examples of one page.
fn test(policy: &'static Policy, config: &Config, out: &mut String, count: &mut Count) {
    let examples = &policy.page.examples;
    let mut failures: Vec<Failure> = Vec::new();
    count.examples += examples.len();
    for example in examples {
        match check(policy, config, example) {
            Some(failure) => failures.push(failure),
            None => count.good_examples += 1,
        }
    }
    if let Some(lacking) = policy.lacks_example() {
        failures.push(Failure {
            line: lacking.line,
            what: "an example is missing",
            expected: "a bad and a good example".to_owned(),
            came: lacking.message,
        });
    }
    if failures.is_empty() {
        count.good_pages += 1;
        let bad = examples.iter().filter(|example| example.bad).count();
        let good = examples.len() - bad;
        out.push_str(&format!("{}: ok, {bad} bad, {good} good\n", policy.path));
        return;
    }
    for failure in failures {
        out.push_str(&format!(
            "{}:{}: {}\n",
            policy.path, failure.line, failure.what
        ));
        for (word, text) in [("expected", &failure.expected), ("came", &failure.came)] {
            let mut lines = text.trim_end().lines();
            out.push_str(&format!("  {word:8}  {}\n", lines.next().unwrap_or("")));
            for line in lines {
                out.push_str(format!("            {line}").trim_end());
                out.push('\n');
            }
        }
    }
}

/// What is wrong with an example, if anything is.
fn check(policy: &'static Policy, config: &Config, example: &Example) -> Option<Failure> {
    let failure = |what, expected: String, came: String| {
        Some(Failure {
            line: example.line,
            what,
            expected,
            came,
        })
    };
    let mut sources = Sources::default();
    let mut files = example.files.clone();
    files.sort();
    let mut own = Config::default();
    own.select = vec![policy.name().to_owned()];
    own.policies = vec![policy];
    own.known_prefixes.clone_from(&config.known_prefixes);
    own.flink_version = version(policy, example);
    for (path, text) in files {
        if path != "flint.toml" {
            sources.add(path, text);
            continue;
        }
        // What an example says of names, machines and options; its rule is the page's.
        match Config::parse(&path, &text) {
            Ok(stated) => {
                own.rules = stated.rules;
                own.host = stated.host;
                own.deployments = stated.deployments;
            }
            Err(error) => {
                return failure(
                    "the example's flint.toml can't be used",
                    "a flint.toml".to_owned(),
                    error.to_string(),
                );
            }
        }
    }
    let configs = Configs::single(own);
    if let Err(error) = validate(&configs) {
        return failure(
            "the example's flint.toml can't be used",
            "options that the page has".to_owned(),
            error.message,
        );
    }
    let project = Project::read(&sources, &configs, &[]);
    if project.documents.is_empty() {
        let names: Vec<&str> = example
            .files
            .iter()
            .map(|(path, _)| path.as_str())
            .collect();
        let what = "flint reads nothing of this example";
        let came = format!("{}: no file that flint knows by its name", names.join(", "));
        return failure(what, "files such as flink-conf.yaml".to_owned(), came);
    }
    let linted = lint(&project, &configs);
    if let Some(error) = linted.internal_errors.first() {
        return failure("flint failed", "a result".to_owned(), error.clone());
    }
    let is_own = |finding: &Finding| finding.suppressed.is_none() && finding.rule == policy.name();
    let found: Vec<Finding> = linted.findings.into_iter().filter(is_own).collect();
    let shown = |format| rendered(&sources, &found, format);
    if !example.bad && found.is_empty() {
        return None;
    }
    if !example.bad {
        let came = shown(OutputFormat::Concise);
        return failure("a good example is found", "no finding".to_owned(), came);
    }
    if found.is_empty() {
        let expected = format!("a finding of {}", policy.name());
        return failure("a bad example is not found", expected, "nothing".to_owned());
    }
    let output = shown(OutputFormat::Full);
    if let Some(recorded) = &example.output
        && *recorded != output
    {
        let what = "the recorded output differs";
        return failure(what, recorded.clone(), output);
    }
    let everything = Allowed {
        safe: true,
        unsafe_: true,
    };
    let plan = plan(&sources, &configs, everything, &|_| true);
    let before_after = sources.0.iter().zip(&plan.sources.0);
    let diff: Vec<u8> = before_after
        .flat_map(|(before, after)| patch::unified(before, after, before.path.as_bytes(), &[]))
        .collect();
    let diff = String::from_utf8_lossy(&diff).into_owned();
    if let Some(recorded) = &example.diff
        && *recorded != diff
    {
        return failure("the recorded patch differs", recorded.clone(), diff);
    }
    if !plan.refused.is_empty() {
        let expected = "a fix that changes the one key".to_owned();
        let came = "it changes what other keys say, so it would be refused".to_owned();
        return failure("the fix does not work", expected, came);
    }
    let left = plan.left.findings.iter().any(is_own);
    if found.iter().all(|finding| finding.fix.is_some()) && left {
        let expected = "nothing found after the fix".to_owned();
        return failure("the fix does not help", expected, diff);
    }
    None
}

/// The versions of an example: as stated, else those that the policy is for.
fn version(policy: &Policy, example: &Example) -> Option<Versions> {
    let stated = example.version.as_deref().map(Versions::parse);
    let all = policy.front.versions == Versions::ALL;
    stated
        .and_then(Result::ok)
        .or((!all).then_some(policy.front.versions))
}

/// Findings as a page records them: without the numbers at the end.
fn rendered(sources: &Sources, findings: &[Finding], format: OutputFormat) -> String {
    let report = Report {
        sources,
        findings,
        summary: Summary::of(findings),
        run: Run::default(),
    };
    let style = Style {
        width: 92,
        ..Style::default()
    };
    let mut out = Vec::new();
    // A vector takes all.
    let _ = render(format, &report, &style, &mut out);
    let text = String::from_utf8_lossy(&out);
    let is_summary = |line: &str| {
        line.starts_with(|c: char| c.is_ascii_digit())
            && [" problem (", " problems ("]
                .iter()
                .any(|words| line.contains(words))
    };
    let own: Vec<&str> = text.lines().take_while(|line| !is_summary(line)).collect();
    own.join("\n").trim().to_owned() + "\n"
}

impl Count {
    fn line(&self) -> String {
        let count = |number: usize, word: &str| match number {
            1 => format!("1 {word}"),
            _ => format!(
                "{number} {}",
                if word == "policy" {
                    "policies"
                } else {
                    "examples"
                }
            ),
        };
        let total = format!(
            "{}, {}",
            count(self.pages, "policy"),
            count(self.examples, "example")
        );
        if self.good_pages == self.pages {
            return format!("{total}: all passed\n");
        }
        format!(
            "{total}: {} of {} policies and {} of {} examples passed\n",
            self.good_pages, self.pages, self.good_examples, self.examples
        )
    }
}
