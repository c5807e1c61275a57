SET;
SET 'pipeline.name' = 'it''s -- a; name';
