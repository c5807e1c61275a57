//! How memory is shown.
