//! Shapes of source code in four languages, each with what is read of it: `testdata/syntax/code/`.
//!
//! A shape is a line `=== language: name`, the source, a line `---`, and below it the calls, imports,
//! variables, classes and settings. `BLESS=1 cargo test --test code_shapes` writes those anew.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use flint::recognise::job;
use flint::syntax::code::{self, Call, Class, Code, Expr, Kind, Language, Receiver};
use flint::text::{Source, SourceId, Span};

/// One shape: the line that names it, and the source.
struct Shape {
    title: String,
    language: Language,
    source: String,
    said: String,
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/syntax/code");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    files
}

fn shapes(text: &str) -> Vec<Shape> {
    let mut shapes = Vec::new();
    for part in text.split("=== ").skip(1) {
        let (title, rest) = part.split_once('\n').expect("a title");
        let (source, said) = rest.split_once("---\n").expect("a line of three dashes");
        let language = [
            Language::Java,
            Language::Scala,
            Language::Kotlin,
            Language::Python,
        ]
        .into_iter()
        .find(|language| title.starts_with(language.name()))
        .expect("a language");
        shapes.push(Shape {
            title: title.to_owned(),
            language,
            source: source.to_owned(),
            said: said.to_owned(),
        });
    }
    shapes
}

fn read(bytes: &str, language: Language) -> (Source, Code) {
    let source = Source::new(SourceId(0), "Job", bytes);
    let code = code::read(&source, language);
    (source, code)
}

fn told(source: &Source, code: &Code) -> String {
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").expect("a text takes all");
    for import in &code.imports {
        line(format!("import {} as {}", import.path, import.name));
    }
    for call in &code.calls {
        line(format!("call {}", call_told(code, call)));
    }
    for variable in &code.variables {
        let ty = variable.ty.as_deref().unwrap_or("?");
        let value = expr_told(code, &variable.value);
        line(format!("variable {}: {ty} = {value}", variable.name));
    }
    for class in &code.classes {
        line(class_told(class));
    }
    for setting in job::settings(code, source).settings {
        let written = setting.written.as_deref().unwrap_or("-");
        let value = if setting.known { &setting.value } else { "?" };
        line(format!("setting {} = {value} ({written})", setting.key));
    }
    out
}

fn call_told(code: &Code, call: &Call) -> String {
    let receiver = match &call.receiver {
        Receiver::None => String::new(),
        Receiver::Name(name) => format!("{name}."),
        Receiver::Call(call) => format!("#{}.", code.calls[*call].name),
        Receiver::Other => "?.".to_owned(),
    };
    let new = if call.kind == Kind::New { "new " } else { "" };
    let types = match call.types.as_slice() {
        [] => String::new(),
        types => format!("<{}>", types.join("; ")),
    };
    let args = call.args.iter().map(|arg| {
        let name = arg
            .name
            .as_ref()
            .map_or(String::new(), |name| format!("{name}="));
        name + &expr_told(code, &arg.expr)
    });
    let args = args.collect::<Vec<_>>().join(", ");
    let inside = call.inside.map_or(String::new(), |(outer, number)| {
        format!("  in {} {number}", code.calls[outer].name)
    });
    format!("{new}{receiver}{}{types}({args}){inside}", call.name)
}

fn expr_told(code: &Code, expr: &Expr) -> String {
    match expr {
        Expr::Text(text) => format!("{text:?}"),
        Expr::Integer(number) => number.to_string(),
        Expr::Boolean(yes) => yes.to_string(),
        Expr::Name(name) => name.clone(),
        Expr::Call(call) => format!("#{}", code.calls[*call].name),
        Expr::Lambda => "fn".to_owned(),
        Expr::Other => "?".to_owned(),
    }
}

fn class_told(class: &Class) -> String {
    let fields: Vec<String> = class
        .fields
        .iter()
        .map(|field| format!("{}: {}", field.name, field.ty))
        .collect();
    let methods: Vec<String> = class
        .methods
        .iter()
        .map(|method| format!("{}/{}", method.name, method.parameters))
        .collect();
    format!(
        "{} {} < {} | {} | {}",
        class.word,
        class.name,
        class.parents.join(", "),
        fields.join(", "),
        methods.join(", ")
    )
}

#[test]
fn each_shape_reads_as_recorded() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut number = 0;
    for file in files() {
        let text = std::fs::read_to_string(&file).expect("it reads");
        let mut written = String::new();
        for shape in shapes(&text) {
            let (source, code) = read(&shape.source, shape.language);
            let said = told(&source, &code);
            if !bless {
                assert_eq!(shape.said.trim_end(), said.trim_end(), "{}", shape.title);
            }
            write!(
                written,
                "=== {}\n{}---\n{said}\n",
                shape.title, shape.source
            )
            .expect("a text takes all");
            number += 1;
        }
        if bless {
            std::fs::write(&file, written).expect("it writes");
        }
    }
    assert!(number >= 60, "{number} shapes");
}

/// Every place that a reader of code gives.
fn spans(code: &Code) -> Vec<Span> {
    let mut spans = Vec::new();
    for call in &code.calls {
        spans.extend([call.name_at, call.args_at, call.whole]);
        spans.extend(call.args.iter().map(|arg| arg.at));
    }
    for variable in &code.variables {
        spans.extend([variable.at, variable.value_at, variable.scope]);
    }
    for class in &code.classes {
        spans.extend([class.at, class.whole]);
        spans.extend(class.fields.iter().map(|field| field.at));
        spans.extend(class.methods.iter().map(|method| method.at));
    }
    spans.extend(code.texts.iter().flat_map(|text| [text.at, text.inner]));
    spans.extend(code.imports.iter().map(|import| import.at));
    spans.extend(&code.comments);
    spans
}

/// The same numbers in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end.max(1) as u64).expect("it is below")
    }
}

#[test]
fn no_change_of_bytes_makes_it_panic_or_split_a_character() {
    const PIECES: [&str; 30] = [
        "(", ")", "[", "]", "{", "}", "\"", "'", "\"\"\"", "/*", "*/", "//", "#", "\\", "\n", "$",
        "${", "<", ">", ",", ".", "=", ";", ":", "@", "é", "𝄞", "\u{feff}", " class ", "f\"{",
    ];
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let mut all = Vec::new();
    for file in files() {
        all.extend(shapes(&std::fs::read_to_string(file).expect("it reads")));
    }
    for shape in &all {
        for _ in 0..60 {
            let mut bytes = shape.source.clone().into_bytes();
            for _ in 0..=numbers.below(4) {
                let at = numbers.below(bytes.len() + 1);
                let piece = PIECES[numbers.below(PIECES.len())].bytes();
                let gone = numbers.below(3).min(bytes.len() - at);
                bytes.splice(at..at + gone, piece);
            }
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let language = if numbers.below(4) == 0 {
                all[numbers.below(all.len())].language
            } else {
                shape.language
            };
            let (source, code) = read(&text, language);
            let whole = String::from_utf8_lossy(&source.bytes).into_owned();
            for span in spans(&code) {
                let (start, end) = (span.start as usize, span.end as usize);
                assert!(start <= end && end <= whole.len(), "{span:?} in {text:?}");
                assert!(
                    whole.is_char_boundary(start) && whole.is_char_boundary(end),
                    "{span:?} in {text:?}"
                );
            }
            let _ = told(&source, &code);
        }
    }
}

#[test]
fn texts_that_never_end_are_read_in_good_time() {
    for (language, piece) in [
        (Language::Scala, "s\"${"),
        (Language::Kotlin, "\"${"),
        (Language::Python, "f\"{"),
        (Language::Java, "f(\"\"\""),
        (Language::Scala, "(/*"),
        (Language::Java, "class A<"),
        (Language::Java, "a<b("),
    ] {
        let start = std::time::Instant::now();
        let (_, code) = read(&piece.repeat(4000), language);
        assert!(start.elapsed().as_secs() < 5, "{piece} in {language:?}");
        drop(code);
    }
}
