{{ config(materialized='table', connector='kafka') }}
SELECT * FROM TABLE(TUMBLE(TABLE {{ ref('x') }}, DESCRIPTOR(ts), INTERVAL '1' HOUR))
