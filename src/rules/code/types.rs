//! Which classes Flink has no serializer of its own for. Each kind was asked of the `TypeExtractor` of
//! every release from 1.13 to 2.3 that is in the table of versions; of the libraries those of the JDK,
//! Jackson (as Flink ships it), Guava and Avro. The others follow from its rules: no POJOs, and no type
//! information of its own.

use super::{Job, state};
use crate::deployment::Deployment;
use crate::flink::version::Versions;
use crate::syntax::code::{Class, Code, Field, Language};

/// Why a class goes through Kryo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Generic {
    /// A class of a library that Flink knows nothing of.
    Library,
    /// A collection without the types of what is in it.
    Collection,
    /// A class that is no POJO, with what it lacks.
    NoPojo(String),
    /// A case class that Flink looks at as if it were one of Java.
    CaseClass,
    /// An interface.
    Interface,
    /// A row without the types of its fields.
    Row,
    /// The code asks for it.
    Asked,
}

impl Generic {
    /// In a message, behind a colon.
    pub(super) fn reason(&self) -> String {
        match self {
            Generic::Library => "Flink has no serializer for it".to_owned(),
            Generic::Collection => "the class alone does not say what is in it".to_owned(),
            Generic::NoPojo(lacks) => format!("it is no POJO, {lacks}"),
            Generic::CaseClass => {
                "by `classOf` Flink sees no case class, and it is no POJO".to_owned()
            }
            Generic::Interface => "it is an interface".to_owned(),
            Generic::Row => "the class alone does not say what its fields are".to_owned(),
            Generic::Asked => "the code asks for it".to_owned(),
        }
    }

    /// What to do.
    pub(super) fn instead(&self) -> &'static str {
        match self {
            Generic::Library => "a POJO with the fields that the job needs is smaller, too",
            Generic::Collection => {
                "say what is in it with `Types.LIST(...)` or `Types.MAP(...)`, or use `ListState` or `MapState`"
            }
            Generic::NoPojo(_) => {
                "a POJO is a public class with a public constructor without arguments, and each field \
                 public or with getter and setter"
            }
            Generic::CaseClass => {
                "pass `createTypeInformation[...]` of Flink's API for Scala instead"
            }
            Generic::Interface => "use a class with fields, or give it a `@TypeInfo`",
            Generic::Row => "name the types of its fields with `Types.ROW(...)`",
            Generic::Asked => "a POJO needs no type information at all",
        }
    }
}

/// Classes of libraries that are neither POJOs nor known to Flink.
const LIBRARIES: [&str; 44] = [
    "com.alibaba.fastjson.JSONArray",
    "com.alibaba.fastjson.JSONObject",
    "com.fasterxml.jackson.databind.JsonNode",
    "com.fasterxml.jackson.databind.node.ArrayNode",
    "com.fasterxml.jackson.databind.node.ObjectNode",
    "com.google.gson.JsonArray",
    "com.google.gson.JsonElement",
    "com.google.gson.JsonObject",
    "java.lang.CharSequence",
    "java.lang.Number",
    "java.lang.Object",
    "java.lang.StringBuilder",
    "java.net.URI",
    "java.net.URL",
    "java.time.Duration",
    "java.time.LocalDate",
    "java.time.LocalDateTime",
    "java.time.LocalTime",
    "java.time.OffsetDateTime",
    "java.time.YearMonth",
    "java.time.ZoneId",
    "java.time.ZonedDateTime",
    "java.util.BitSet",
    "java.util.Calendar",
    "java.util.Currency",
    "java.util.Locale",
    "java.util.Optional",
    "java.util.Properties",
    "java.util.UUID",
    "java.util.concurrent.atomic.AtomicLong",
    "java.util.regex.Pattern",
    "org.apache.avro.generic.GenericRecord",
    "org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode",
    "org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ObjectNode",
    "org.joda.time.DateTime",
    "org.joda.time.LocalDate",
    "org.joda.time.LocalDateTime",
    "org.json.JSONArray",
    "org.json.JSONObject",
    "java.util.concurrent.atomic.AtomicInteger",
    "java.util.AbstractMap.SimpleEntry",
    "java.util.Map.Entry",
    "com.google.common.collect.ImmutableList",
    "com.google.common.collect.ImmutableMap",
];

/// Collections of Java, which the class alone says nothing of.
const COLLECTIONS: [&str; 22] = [
    "List",
    "ArrayList",
    "LinkedList",
    "Set",
    "HashSet",
    "LinkedHashSet",
    "TreeSet",
    "Map",
    "HashMap",
    "LinkedHashMap",
    "TreeMap",
    "SortedMap",
    "Collection",
    "Queue",
    "Deque",
    "ArrayDeque",
    "PriorityQueue",
    "Stack",
    "Vector",
    "Iterable",
    "NavigableMap",
    "SortedSet",
];

/// Why Flink certainly hands a class to Kryo, in every version of the deployment.
pub(super) fn generic(job: &Job, deployment: &Deployment, class: &str) -> Option<Generic> {
    let bare = class.rsplit('.').next().unwrap_or(class);
    if let Some((code, found)) = declared(job, deployment, class)? {
        return of_class(code, found, deployment.versions);
    }
    if job.means(class, &["org.apache.flink.types.Row"]) {
        return Some(Generic::Row);
    }
    // What needs no import.
    let is_plain = matches!(bare, "Object" | "Number" | "CharSequence" | "StringBuilder")
        && class == bare
        && job.code.language == Language::Java
        && !job.code.imports.iter().any(|import| import.name == bare);
    if is_plain {
        return Some(Generic::Library);
    }
    let exact = |path: &str| {
        path == class
            || job
                .code
                .imports
                .iter()
                .any(|import| import.path == path && import.name == class)
    };
    let of_util = |name: &str| name == bare && state::is_of_library(job, bare);
    if LIBRARIES.iter().any(|path| exact(path)) {
        return Some(Generic::Library);
    }
    let known = class == bare && COLLECTIONS.iter().any(|name| of_util(name));
    known.then_some(Generic::Collection)
}

/// The declaration of a class in this file or, imported or of the same package, in another of the project.
/// `None` where it can't be told which is meant.
#[allow(clippy::option_option)]
fn declared<'p>(
    job: &Job<'p>,
    deployment: &Deployment<'p>,
    class: &str,
) -> Option<Option<(&'p Code, &'p Class)>> {
    let bare = class.rsplit('.').next().unwrap_or(class);
    let in_code = |code: &'p Code| {
        let own = code.classes.iter().filter(|own| own.name == bare);
        own.map(move |own| (code, own)).collect::<Vec<_>>()
    };
    let own = in_code(job.code);
    match own.as_slice() {
        [one] => return Some(Some(*one)),
        [] => {}
        _ => return None,
    }
    let import = job.code.imports.iter().find(|import| import.name == bare);
    let others = deployment
        .types()
        .filter_map(|document| document.code.as_deref());
    let mut found: Vec<(&Code, &Class)> = Vec::new();
    for code in others {
        let package = code.package.as_deref().unwrap_or("");
        for (_, class) in in_code(code) {
            let path = format!("{package}.{bare}");
            let same_package = code.package == job.code.package && class.outer.is_none();
            let matches = match import {
                Some(import) => {
                    import.path == path
                        || import.path.starts_with(&format!("{package}."))
                            && class.outer.is_some()
                            && import.path.ends_with(&format!(".{bare}"))
                }
                None => {
                    same_package
                        || job
                            .code
                            .imports
                            .iter()
                            .any(|all| all.path.strip_suffix(".*") == Some(package))
                }
            };
            if matches && !std::ptr::eq(code, job.code) {
                found.push((code, class));
            }
        }
    }
    match found.as_slice() {
        [] => Some(None),
        [one] => Some(Some(*one)),
        _ => None,
    }
}

/// Annotations that change nothing of a class that Flink looks at.
const HARMLESS: [&str; 16] = [
    "@Deprecated",
    "@FunctionalInterface",
    "@Internal",
    "@JsonAlias",
    "@JsonDeserialize",
    "@JsonFormat",
    "@JsonIgnore",
    "@JsonIgnoreProperties",
    "@JsonInclude",
    "@JsonProperty",
    "@JsonPropertyOrder",
    "@JsonSerialize",
    "@NotNull",
    "@Nullable",
    "@SerializedName",
    "@SuppressWarnings",
];

fn only_harmless(modifiers: &[String]) -> bool {
    let mut annotations = modifiers.iter().filter(|one| one.starts_with('@'));
    annotations.all(|one| HARMLESS.contains(&one.as_str()))
}

fn has(modifiers: &[String], word: &str) -> bool {
    modifiers.iter().any(|own| own == word)
}

/// What a declared class lacks to be a POJO; `None` where it may be one, or is something else.
fn of_class(code: &Code, class: &Class, versions: Versions) -> Option<Generic> {
    if !only_harmless(&class.modifiers) {
        return None;
    }
    let known_parent = |parent: &String| {
        let bare = parent.split(['<', '[']).next().unwrap_or(parent);
        matches!(
            bare,
            "Serializable" | "java.io.Serializable" | "Comparable" | "Cloneable" | "Product"
        )
    };
    if !class.parents.iter().all(known_parent) {
        return None;
    }
    match (class.word.as_str(), code.language) {
        ("interface", Language::Java) => Some(Generic::Interface),
        ("record", Language::Java) => {
            let before = Versions::from_bits(0x003F);
            versions
                .within(before)
                .then(|| Generic::NoPojo("records are from 1.19 on".to_owned()))
        }
        ("class", Language::Java) => java(code, class).map(Generic::NoPojo),
        ("class" | "data class", Language::Kotlin) => kotlin(class).map(Generic::NoPojo),
        ("case class", Language::Scala) => {
            let primary = class.methods.iter().find(|method| method.is_constructor)?;
            let bare = class
                .methods
                .iter()
                .any(|own| own.is_constructor && own.parameters == 0);
            (primary.parameters > 0 && !bare).then_some(Generic::CaseClass)
        }
        _ => None,
    }
}

fn java(code: &Code, class: &Class) -> Option<String> {
    let outer = class.outer.map(|outer| &code.classes[outer]);
    let in_interface = outer.is_some_and(|outer| outer.word == "interface");
    if !has(&class.modifiers, "public") && !in_interface {
        return Some("the class is not public".to_owned());
    }
    if outer.is_some() && !in_interface && !has(&class.modifiers, "static") {
        return Some(
            "an inner class that is not static belongs to an object of the outer one".to_owned(),
        );
    }
    let mut constructors = class
        .methods
        .iter()
        .filter(|method| method.is_constructor)
        .peekable();
    // Lombok writes constructors, too, but its annotations stand on the class.
    let any = constructors.peek().is_some();
    if any && !constructors.any(|own| own.parameters == 0 && has(&own.modifiers, "public")) {
        return Some("it lacks a public constructor without arguments".to_owned());
    }
    let fields = || class.fields.iter().filter(|field| counts(field));
    if fields().next().is_none() && class.parents.is_empty() {
        return Some("it has no fields".to_owned());
    }
    if !fields().all(|field| only_harmless(&field.modifiers)) {
        return None;
    }
    let lacking =
        fields().find(|field| !has(&field.modifiers, "public") && !is_open(class, field))?;
    Some(format!(
        "`{}` is not public and lacks a public getter or setter",
        lacking.name
    ))
}

/// Whether Flink looks at a field.
fn counts(field: &Field) -> bool {
    !has(&field.modifiers, "static") && !has(&field.modifiers, "transient")
}

/// Whether a field has a getter and a setter, by their names as `TypeExtractor.isValidPojoField` compares
/// them: case and underscores don't count.
fn is_open(class: &Class, field: &Field) -> bool {
    let folded = |name: &str| name.to_lowercase().replace('_', "");
    let own = folded(&field.name);
    let public = |parameters: usize| {
        let all = class.methods.iter();
        all.filter(move |method| {
            method.parameters == parameters
                && !method.is_constructor
                && has(&method.modifiers, "public")
        })
    };
    let gets = public(0).any(|method| {
        let name = folded(&method.name);
        name == own || name == format!("get{own}") || name == format!("is{own}")
    });
    let sets = public(1).any(|method| {
        let name = folded(&method.name);
        name == format!("set{own}") || name == format!("{own}$eq")
    });
    gets && sets
}

fn kotlin(class: &Class) -> Option<String> {
    if has(&class.modifiers, "private") {
        return Some("the class is not public".to_owned());
    }
    if has(&class.modifiers, "inner") {
        return Some("an inner class belongs to an object of the outer one".to_owned());
    }
    if !class
        .fields
        .iter()
        .all(|field| !field.modifiers.iter().any(|one| one.starts_with('@')))
    {
        return None;
    }
    let mut constructors = class.methods.iter().filter(|method| method.is_constructor);
    let parameters = constructors
        .clone()
        .next()
        .map_or(0, |primary| primary.parameters);
    let defaults = class
        .fields
        .iter()
        .filter(|field| has(&field.modifiers, "default"))
        .count();
    let bare = constructors.any(|own| own.parameters == 0) || defaults == parameters;
    if !bare {
        return Some(
            "it lacks a constructor without arguments: not every parameter has a default"
                .to_owned(),
        );
    }
    let fixed = class
        .fields
        .iter()
        .find(|field| has(&field.modifiers, "val"))?;
    Some(format!("`{}` is a `val` and has no setter", fixed.name))
}
