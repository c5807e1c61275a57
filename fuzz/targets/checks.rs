//! A small project of any bytes: no rule fails, findings stand inside of their files, every output is valid.
#![no_main]

use flint::lint::lint;
use flint::project::Project;
use flint::report::{Report, Run, Style, Summary, memory, show};
use flint::syntax::Document;
use flint_fuzz::output::{assert_json, assert_reports, assert_tame};
use flint_fuzz::{Legal, assert_documents, project};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((sources, configs)) = project(data) else {
        return;
    };
    let project = Project::read(&sources, &configs, &[]);
    for source in &sources.0 {
        let own = project
            .documents
            .iter()
            .filter(|own| own.source == source.id);
        let own: Vec<Document> = own.cloned().collect();
        assert_documents(source, &own);
    }
    let linted = lint(&project, &configs);
    assert_eq!(linted.internal_errors, Vec::<String>::new());
    for finding in &linted.findings {
        let source = sources.get(finding.at.source);
        let legal = Legal::of(source);
        legal.assert(finding.at.span, &finding.rule);
        for hidden in &finding.hidden {
            legal.assert(*hidden, "what is hidden");
        }
        for related in &finding.related {
            let other = Legal::of(sources.get(related.at.source));
            other.assert(related.at.span, &finding.rule);
        }
        for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
            let other = Legal::of(sources.get(edit.source));
            other.assert(edit.span, &finding.rule);
        }
    }
    let deployments = project.deployments();
    let report = Report {
        sources: &sources,
        findings: &linted.findings,
        summary: Summary {
            files: sources.0.len(),
            deployments: deployments.len(),
            ..Summary::of(&linted.findings)
        },
        run: Run::default(),
    };
    assert_reports(&report);
    assert_tame(&show::text(&deployments, None), "show");
    assert_json(&show::json(&deployments, None), "show");
    let views: Vec<_> = deployments
        .iter()
        .map(|own| memory::View::of(own, &memory::Asked::default()))
        .collect();
    for format in [
        memory::Format::Text,
        memory::Format::Json,
        memory::Format::Svg,
        memory::Format::Markdown,
    ] {
        let text = memory::render(format, &views, &Style::default());
        assert_tame(&text, "memory");
    }
    assert_json(
        &memory::render(memory::Format::Json, &views, &Style::default()),
        "memory",
    );
});
