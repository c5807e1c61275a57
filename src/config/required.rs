//! `required-version`: which flint a project asks for.

/// `>=0.1`: at least this flint; without `>=` one of exactly this release line.
pub(super) fn check(wanted: &str) -> Result<(), String> {
    let (at_least, number) = match wanted.strip_prefix(">=") {
        Some(rest) => (true, rest.trim()),
        None => (false, wanted.trim_start_matches('=').trim()),
    };
    let numbers = |text: &str| -> Option<Vec<u32>> {
        text.split('.').map(|part| part.parse().ok()).collect()
    };
    let own = env!("CARGO_PKG_VERSION");
    let (Some(asked), Some(have)) = (numbers(number), numbers(own)) else {
        return Err(format!("`{wanted}` is no version; write \">=0.1\""));
    };
    let fits = if at_least {
        have >= asked
    } else {
        have.starts_with(&asked)
    };
    if fits {
        return Ok(());
    }
    Err(format!(
        "this project asks for flint {wanted}, but this is {own}; install that version"
    ))
}
