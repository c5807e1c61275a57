-- The account of a container that the test starts.
CREATE TABLE orders (id BIGINT) WITH (
  'connector' = 'jdbc',
  'url' = 'jdbc:mysql://db.internal:3306/shop',
  'table-name' = 'orders',
  'username' = 'it',
  'password' = 'Kp7!sw2Q'
);
