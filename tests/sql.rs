//! Scripts in SQL: one file a shape, beside it what is read from it. `BLESS=1` writes what is missing.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use flint::syntax::sql::{self, ColumnFrom, Expr, Relation, Script, Select, What, Window};
use flint::syntax::{Document, Setting};
use flint::text::{Source, SourceId, Span, apply};

fn shapes() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/syntax/sql");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    paths.sort();
    paths
}

fn read(bytes: &[u8]) -> (Source, Vec<Document>) {
    let source = Source::new(SourceId(0), "x.sql", bytes);
    let documents = sql::parse(&source);
    (source, documents)
}

/// Everything that is read from a script, as text.
fn told(source: &Source, documents: &[Document]) -> String {
    let Some(script) = documents
        .first()
        .and_then(|document| document.script.as_deref())
    else {
        return "not Flink's\n".to_owned();
    };
    let mut out = String::new();
    for document in documents {
        let name = document.name.as_deref().unwrap_or("script");
        let whole = if document.complete {
            ""
        } else {
            ", perhaps more"
        };
        let fixed = if document.editable {
            ""
        } else {
            ", not to be edited"
        };
        let _ = writeln!(out, "{name}{whole}{fixed}");
        for setting in &document.settings {
            let known = if setting.known { "" } else { " (unknown)" };
            let _ = writeln!(out, "  {} = {}{known}", setting.key, setting.value);
        }
        for comment in &document.comments {
            let _ = writeln!(out, "  comment {}", source.text(comment.at));
        }
    }
    for table in &script.tables {
        let known = if table.is_known { "" } else { " (unknown)" };
        let _ = writeln!(out, "create table {}{known}", table.name.parts.join("."));
        for column in &table.columns {
            let from = match &column.from {
                ColumnFrom::Physical => String::new(),
                ColumnFrom::Metadata => " metadata".to_owned(),
                ColumnFrom::Computed(expr) => format!("as {}", text(source, expr)),
            };
            let _ = writeln!(out, "  {} {}{from}", column.name, column.ty);
        }
        for mark in &table.watermarks {
            let expr = text(source, &mark.expr);
            let _ = writeln!(
                out,
                "  watermark {} as {expr}: {:?} ms",
                mark.column, mark.delay
            );
        }
        for key in &table.primary_keys {
            let _ = writeln!(out, "  key {:?}, enforced {:?}", key.columns, key.enforced);
        }
        if let Some(like) = &table.like {
            let _ = writeln!(out, "  like {}", like.parts.join("."));
        }
        if !table.selects.is_empty() {
            let _ = writeln!(out, "  as selects {:?}", table.selects);
        }
        for span in &table.double_quoted {
            let _ = writeln!(out, "  in double quotes: {}", source.text(*span));
        }
    }
    for statement in &script.statements {
        let inside = if statement.in_set { "in set: " } else { "" };
        let said = match &statement.what {
            What::CreateView(name, selects) => format!("view {} {selects:?}", name.last()),
            What::Insert(insert) => {
                let plain = if insert.is_plain { "" } else { ", not plain" };
                let hints: Vec<_> = insert.hints.iter().map(|hint| &hint.options).collect();
                let target = insert.target.parts.join(".");
                format!("insert into {target} {:?}{plain} {hints:?}", insert.selects)
            }
            What::Change(name) => format!("change {}", name.parts.join(".")),
            other => format!("{other:?}"),
        };
        let _ = writeln!(out, "{inside}{said}");
    }
    for named in &script.named {
        let _ = writeln!(out, "named {} {:?}", named.name, named.selects);
    }
    for (number, select) in script.selects.iter().enumerate() {
        let _ = write!(out, "select {number}");
        tell_select(source, select, &mut out);
    }
    out
}

fn tell_select(source: &Source, select: &Select, out: &mut String) {
    let flags = [
        (select.is_distinct, " distinct"),
        (select.has_limit, " limited"),
        (select.is_inner, " inner"),
    ];
    for (_, word) in flags.iter().filter(|(is, _)| *is) {
        out.push_str(word);
    }
    out.push('\n');
    for hint in &select.hints {
        let _ = writeln!(out, "  hint {} {:?}", hint.name, hint.options);
    }
    let items: Vec<String> = select
        .items
        .iter()
        .map(|item| {
            format!(
                "{} -> {}",
                text(source, &item.expr),
                item.name.as_deref().unwrap_or("?")
            )
        })
        .collect();
    let _ = writeln!(out, "  gives {}", items.join("; "));
    for from in &select.from {
        let alias = from.alias.as_deref().unwrap_or("-");
        let _ = write!(
            out,
            "  {:?} {} {alias}",
            from.join,
            relation(&from.relation)
        );
        if from.is_temporal {
            out.push_str(" temporal");
        }
        if from.is_changed {
            out.push_str(" changed");
        }
        if let Some(on) = &from.on {
            let _ = write!(out, " on {}", text(source, on));
        }
        for hint in &from.hints {
            let _ = write!(out, " hint {} {:?}", hint.name, hint.options);
        }
        out.push('\n');
    }
    if let Some(condition) = &select.condition {
        let _ = writeln!(out, "  where {}", text(source, condition));
    }
    for expr in &select.group_by {
        let _ = writeln!(out, "  group by {}", text(source, expr));
    }
    for window in &select.group_windows {
        let _ = writeln!(out, "  {}", tell_window(window));
    }
    if let Some(having) = &select.having {
        let _ = writeln!(out, "  having {}", text(source, having));
    }
    for expr in &select.order_by {
        let _ = writeln!(out, "  order by {}", text(source, expr));
    }
    if !select.inner.is_empty() {
        let _ = writeln!(out, "  inside {:?}", select.inner);
    }
}

fn relation(relation: &Relation) -> String {
    match relation {
        Relation::Table(name) if !name.is_known() => "table ?".to_owned(),
        Relation::Table(name) => format!("table {}", name.parts.join(".")),
        Relation::Window(window) => tell_window(window),
        other => format!("{other:?}"),
    }
}

fn tell_window(window: &Window) -> String {
    let of = window.relation.as_ref().map(relation);
    let time = window.time.as_deref().unwrap_or("?");
    let of = of.map_or_else(String::new, |of| format!(" of {of}"));
    format!("{}{of} by {time} {:?}", window.kind.name(), window.sizes)
}

fn text<'s>(source: &'s Source, expr: &Expr) -> std::borrow::Cow<'s, str> {
    source.text(expr.at)
}

#[test]
fn every_shape_is_read_as_recorded() {
    let shapes = shapes();
    assert!(shapes.len() >= 40, "{}", shapes.len());
    for path in shapes {
        let (source, documents) = read(&fs::read(&path).expect("readable"));
        let told = told(&source, &documents);
        let beside = path.with_extension("txt");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&beside, &told).expect("writable");
        }
        let expected = fs::read_to_string(&beside).expect("BLESS=1 writes it");
        assert_eq!(told, expected, "{}", path.display());
    }
}

/// Every place that a script's documents name.
fn spans(documents: &[Document]) -> Vec<Span> {
    let mut spans = Vec::new();
    for document in documents {
        let of = |setting: &Setting| [setting.key_at, setting.value_at, setting.whole];
        spans.extend(document.settings.iter().flat_map(of));
        spans.extend(document.comments.iter().map(|comment| comment.at));
        spans.extend(document.held_at);
        if let Some(script) = document.script.as_deref() {
            places(script, &mut spans);
        }
    }
    spans
}

fn places(script: &Script, spans: &mut Vec<Span>) {
    let expr = |expr: &Expr, spans: &mut Vec<Span>| {
        spans.push(expr.at);
        spans.extend(expr.pieces.iter().map(|piece| piece.at));
    };
    for statement in &script.statements {
        spans.push(statement.at);
        if let What::Insert(insert) = &statement.what {
            spans.push(insert.target.at);
            spans.extend(insert.hints.iter().map(|hint| hint.at));
        }
    }
    for table in &script.tables {
        spans.extend([table.at, table.name.at]);
        spans.extend(
            table
                .columns_at
                .iter()
                .chain(&table.with)
                .chain(&table.options),
        );
        spans.extend(
            table
                .columns
                .iter()
                .flat_map(|one| [one.at, one.name_at, one.ty_at]),
        );
        spans.extend(table.primary_keys.iter().map(|key| key.at));
        for mark in &table.watermarks {
            spans.extend([mark.at, mark.column_at]);
            expr(&mark.expr, spans);
        }
    }
    for select in &script.selects {
        spans.extend([select.at, select.word_at]);
        let items = select.items.iter().map(|item| &item.expr);
        let all = items.chain(&select.group_by).chain(&select.order_by);
        for one in all.chain(&select.condition).chain(&select.having) {
            expr(one, spans);
        }
        for from in &select.from {
            spans.push(from.at);
            from.on.iter().for_each(|on| expr(on, spans));
            if let Relation::Window(window) = &from.relation {
                spans.extend([window.at, window.time_at]);
            }
        }
        spans.extend(
            select
                .group_windows
                .iter()
                .flat_map(|one| [one.at, one.time_at]),
        );
    }
}

#[test]
fn random_bytes_give_no_place_between_the_bytes_of_a_character() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut below = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % limit as u64).expect("less than the limit")
    };
    let pieces: [&str; 24] = [
        "'",
        "`",
        "\"",
        "(",
        ")",
        ";",
        ",",
        "=",
        "/*",
        "*/",
        "/*+",
        "--",
        "\n",
        "é",
        "{{",
        "}}",
        "${",
        " SELECT ",
        " FROM ",
        " JOIN ",
        " WITH ",
        ".",
        "<",
        " GROUP BY ",
    ];
    for path in shapes() {
        let whole = fs::read_to_string(&path).expect("UTF-8");
        for _ in 0..150 {
            let mut text = whole.clone();
            for _ in 0..=below(3) {
                let at = text.floor_char_boundary(below(text.len() + 1));
                let end = text
                    .floor_char_boundary((at + below(12)).min(text.len()))
                    .max(at);
                let piece = pieces[below(pieces.len())];
                text.replace_range(at..end, piece);
            }
            let (source, documents) = read(text.as_bytes());
            for span in spans(&documents) {
                let range = span.range();
                assert!(
                    range.start <= range.end && range.end <= text.len(),
                    "{text}"
                );
                let between =
                    text.is_char_boundary(range.start) && text.is_char_boundary(range.end);
                assert!(between, "{span:?} of {text}");
            }
            drop(source);
        }
    }
}

/// The settings of all documents in their order.
fn settings(documents: &[Document]) -> Vec<Vec<(String, String)>> {
    let of = |document: &Document| {
        let all = document.settings.iter();
        all.map(|setting| (setting.key.clone(), setting.value.clone()))
            .collect()
    };
    documents.iter().map(of).collect()
}

#[test]
fn an_edit_changes_its_setting_and_nothing_else() {
    let mut edits = 0;
    for path in shapes() {
        let (source, documents) = read(&fs::read(&path).expect("readable"));
        let before = settings(&documents);
        for (number, document) in documents.iter().enumerate() {
            for (index, setting) in document.settings.iter().enumerate() {
                let new = |key: &str| (key.to_owned(), "it's 5".to_owned());
                let (mut set, mut renamed) = (before.clone(), before.clone());
                let (mut removed, mut inserted) = (before.clone(), before.clone());
                set[number][index].1 = "it's 5".to_owned();
                renamed[number][index].0 = "a.new.key".to_owned();
                removed[number].remove(index);
                inserted[number].insert(index + 1, new("a.new.key"));
                let all = [
                    (document.set(&source, setting, "it's 5"), set),
                    (document.rename(&source, setting, "a.new.key"), renamed),
                    (document.remove(&source, setting), removed),
                    (
                        document.insert_after(&source, setting, "a.new.key", "it's 5"),
                        inserted,
                    ),
                ];
                for (edit, wanted) in all {
                    let Some(edit) = edit else { continue };
                    edits += 1;
                    let after = apply(&source.bytes, &[&edit]);
                    let (start, end) = (
                        edit.span.range().start,
                        source.bytes.len() - edit.span.range().end,
                    );
                    assert_eq!(after[..start], source.bytes[..start]);
                    assert_eq!(
                        after[after.len() - end..],
                        source.bytes[source.bytes.len() - end..]
                    );
                    // What showed that it is Flink's may be what has gone.
                    let (_, read) = read(&after);
                    if !read.is_empty() {
                        let text = String::from_utf8_lossy(&after);
                        assert_eq!(settings(&read), wanted, "{}\n{text}", path.display());
                    }
                }
            }
        }
    }
    assert!(edits > 250, "{edits}");
}
