/* block; with 'quotes' */ -- line; with ' quote
SET 'pipeline.name' = 'x'; -- behind
-- flint: ignore[unknown-option] why
SET 'a.b' = 'c';
CREATE TABLE t ( -- columns
  a INT, /* one, two */ b INT -- flint: ignore[plaintext-secret]
) WITH ('connector' = 'kafka' /* , */, -- 'x' = 'y',
  'password' = 'p' /* flint: ignore[plaintext-secret] local */);
